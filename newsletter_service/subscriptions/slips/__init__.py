"""Slips of the keyboard in the domain of an address, asked about once."""
