"""The front door, and what the site says about itself."""
