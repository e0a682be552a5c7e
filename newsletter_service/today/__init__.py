"""Where staff begin: what waits for whoever signed in."""
