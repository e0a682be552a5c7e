"""Over how many of its connections a sender spreads its letters."""

_LOOK_SECONDS = 0.1
_MUCH, _LITTLE = 0.5, 0.25


class Breadth:
    """So many connections are `enough` for now: `fewest`, or with a server that is waited for, `most`.

    What a few connections carry already keeps a quick server busy. The others then let more answers be settled
    at once: each that has nothing under way is one more letter that a kill cannot repeat.
    """

    def __init__(self, fewest: int, most: int) -> None:
        self.enough = self._fewest = min(fewest, most)
        self._most = most
        self._since = self._waited = 0.0

    def waited(self, began: float, now: float) -> None:
        """Take in from when to when (steady, in seconds) the server was waited for, and look how much that was."""
        self._waited += now - began
        if now - self._since >= _LOOK_SECONDS:
            share = self._waited / (now - self._since)
            if share > _MUCH:
                self.enough = self._most
            elif share < _LITTLE:
                self.enough = self._fewest
            self._since, self._waited = now, 0.0
