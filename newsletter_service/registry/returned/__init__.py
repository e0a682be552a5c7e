"""What came back of letters, for staff: all of it, the newest first, and how to take it back."""
