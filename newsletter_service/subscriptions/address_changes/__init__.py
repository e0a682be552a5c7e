"""A reader's change of address: both addresses are asked, and what the reader is to us stays."""
