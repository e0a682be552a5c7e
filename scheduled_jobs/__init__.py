"""What happens by itself, and when. What is due is in the database: a missed or double run is harmless."""
