"""What became of an edition after its release: names behind each number, retries, progress."""
