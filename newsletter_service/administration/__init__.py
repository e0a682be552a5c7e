"""What administrators change of the newsletter: itself, its organisations, segments and topics."""
