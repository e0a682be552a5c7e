"""The publishing calendar: when editions close and go out."""
