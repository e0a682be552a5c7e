"""A pipelining SMTP client for prepared messages: it imports nothing of this service."""
