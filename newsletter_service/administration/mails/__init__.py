"""What the newsletter says itself in the mails that readers get besides editions."""
