"""What tells the database that the service works with from its copies, and what keeps a copy still."""
