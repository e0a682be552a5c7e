"""What happens by itself, and when. What is due stands in the database: a missed or double run is harmless."""
