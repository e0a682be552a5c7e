"""What a segment will get, before it goes out: the very bytes, and proofs by mail."""
