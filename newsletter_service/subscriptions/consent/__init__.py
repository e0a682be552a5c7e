"""The consent ledger: what each reader wished, step by step; rows are only ever added."""
