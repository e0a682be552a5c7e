"""The register of readers as staff see it: finding one, and all that is held about them."""
