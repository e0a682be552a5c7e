"""How long things are kept, as administrators set it and the privacy statement says it."""
