"""The sign-up form on other websites."""
