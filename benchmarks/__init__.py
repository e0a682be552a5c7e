"""How fast sending and releasing are, on the machine at hand, and how that compares to others on the same."""
