"""What became of links that are used up: a second press shows what the first one did."""
