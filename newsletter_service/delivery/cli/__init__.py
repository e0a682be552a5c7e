"""The command `newsletter send` and its progress bar."""
