"""The second factor of signing in: passkeys, codes from an app, and recovery codes."""
