"""Lists of readers that staff hand in on a page: looked at, checked, and only then taken in."""
