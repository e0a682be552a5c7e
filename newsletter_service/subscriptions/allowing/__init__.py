"""Taking back "never mail me again": by its owner, with a link that is mailed on request."""
