"""What an item said before: a version of each save, what differs between two, and the way back."""
