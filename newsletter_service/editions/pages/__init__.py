"""The pages of editions: the list, one edition, and what moves it as a whole."""
