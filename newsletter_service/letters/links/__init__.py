"""Links in letters: which may go out, in which form, and what each is called."""
