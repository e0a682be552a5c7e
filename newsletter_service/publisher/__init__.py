"""Who publishes: the newsletter itself and the organisations behind it."""
