"""The addresses that appear in mails, and the signed tokens in them."""
