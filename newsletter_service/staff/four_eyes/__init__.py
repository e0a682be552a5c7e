"""Acts that need a second person: one asks, another who may do it too accepts or declines."""
