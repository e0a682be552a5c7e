"""One's own account: name, language, password, sessions and notices."""
