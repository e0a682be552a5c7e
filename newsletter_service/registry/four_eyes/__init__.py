"""The pages of acts that need a second person, and what each of them does."""
