"""Moving the service from one database to another."""
