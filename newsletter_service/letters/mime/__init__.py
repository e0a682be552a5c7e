"""MIME skeletons with slots: encoded once, filled for each recipient, read back for previews."""
