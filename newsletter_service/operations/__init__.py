"""What every process has for those who run it: what it logs, and how it is stopped."""
