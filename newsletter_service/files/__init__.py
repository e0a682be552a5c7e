"""Files: where they lie, who may read them, and tables as spreadsheets save them."""
