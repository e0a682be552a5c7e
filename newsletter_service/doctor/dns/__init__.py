"""What the DNS says of the domains that letters come from, judged as receivers and internet.nl judge it."""
