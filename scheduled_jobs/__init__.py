"""What happens by itself, and when. Whether something is due stands in the database: a missed or double run is harmless."""
