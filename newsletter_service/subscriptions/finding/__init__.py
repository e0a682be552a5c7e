"""Finding the row of a reader."""
