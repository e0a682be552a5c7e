"""How the service is: when each job last ran, what is wrong, and who is told."""
