"""What moves letters: one process that claims rows, speaks SMTP and settles what the server answered."""
