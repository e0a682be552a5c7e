"""What is written down: which worker holds which row, what is due, which domains back off."""
