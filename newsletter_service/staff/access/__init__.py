"""Who gets in: signing in and out, sessions that end, and what is done about guessing."""
