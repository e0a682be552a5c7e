"""A service that keeps still because its database is a copy: what is known of it, and how it goes on."""
