"""The audit trail as people see it: a page, a file, a nightly mail, and a command that verifies it."""
