"""People who make the newsletter: accounts, roles, sign-in and the audit trail."""
