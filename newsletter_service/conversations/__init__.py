"""What heads say to each other about items that look alike, until it counts: apart, or one item of both."""
