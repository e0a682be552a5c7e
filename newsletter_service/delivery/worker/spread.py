"""Over how many of its connections a sender spreads its letters."""

_LOOK_SECONDS = 0.1
_MUCH, _LITTLE = 0.7, 0.25
_TRY_AGAIN_SECONDS = 1.0


class ConnectionSpread:
    """So many connections are `enough` for now: `fewest`, or with a server that is waited for, `most`.

    What a few connections carry already keeps a quick server busy. The others then let more answers be settled
    at once: each that has nothing under way is one more letter that a kill cannot repeat.
    """

    def __init__(self, fewest: int, most: int) -> None:
        self.enough = self._fewest = min(fewest, most)
        self._most = most
        self._since = self._waited = self._not_before = 0.0

    def waited(self, seconds: float) -> None:
        """Take in for how long the server was waited for, with nothing else to do."""
        self._waited += seconds

    def look(self, now: float) -> None:
        """Decide anew, every tenth of a second, by how much of it was waited; `now` is steady, in seconds.

        To be called whether or not anything was waited for: with the ledger in the way nothing ever is.
        """
        if now - self._since < _LOOK_SECONDS:
            return
        share = self._waited / (now - self._since)
        if share > _MUCH and now >= self._not_before:
            self.enough = self._most
        elif share < _LITTLE and self.enough > self._fewest:
            self.enough = self._fewest
            self._not_before = now + _TRY_AGAIN_SECONDS
        self._since, self._waited = now, 0.0
