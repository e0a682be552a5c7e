"""What findings say, in the reader's language."""
