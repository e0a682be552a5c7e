"""What readers choose."""
