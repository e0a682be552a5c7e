"""What makes a Dutch text hard to read, told at the sentence: never a score, and worked out on this machine alone."""
