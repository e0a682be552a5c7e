"""From a composed edition to one delivery per subscriber."""
