"""What forms share: fields, CSRF, one-use keys, browser drafts and edit conflicts."""
