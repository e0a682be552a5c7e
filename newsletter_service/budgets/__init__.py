"""How much of something may be used, counted in the database, so that it holds over processes and restarts."""
