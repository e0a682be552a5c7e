"""The queue of items by all organisations, and likeness between items."""
