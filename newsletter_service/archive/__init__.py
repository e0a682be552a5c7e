"""What the public may read back."""
