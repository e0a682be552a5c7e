"""Setting up: the first data of the newsletter, from a file or a page, by the same rules."""
