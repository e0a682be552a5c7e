"""What staff do for a reader who asks for it."""
