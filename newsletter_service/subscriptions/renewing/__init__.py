"""Who left may sign up again; until that is confirmed, nothing that is stored about them changes."""
