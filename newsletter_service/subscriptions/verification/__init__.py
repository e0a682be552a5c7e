"""Whether readers belong to the segments they claim: by the domain of their address, or because a person says so."""
