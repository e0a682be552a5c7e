"""The catalogues: Dutch is the language of the source, English its translation."""
