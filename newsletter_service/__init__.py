"""One newsletter of several organisations, from sign-up to a statement that adds up."""
