"""Whether two items tell the same news: what their words mean, when and where it is, and a weighing of the two."""
