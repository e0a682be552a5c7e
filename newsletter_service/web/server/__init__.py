"""What gunicorn runs: a worker that hands over whole requests only, and what proxies in front may say."""
