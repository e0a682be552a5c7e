"""The ledger of who gets which letter, and the way there: claims, outcomes, retries, SMTP."""
