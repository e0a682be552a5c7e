"""The mail domains whose confirmed addresses prove that somebody belongs to a segment."""
