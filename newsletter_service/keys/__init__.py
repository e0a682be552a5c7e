"""The keys of the service: SECRET_KEY, which can be changed, and the suppression key, which stays."""
