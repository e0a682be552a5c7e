"""The chain of the audit trail: each entry is sealed together with the one before."""
