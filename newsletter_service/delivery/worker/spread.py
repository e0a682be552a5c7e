"""Over how many of its connections a worker spreads its letters."""

_LOOK_SECONDS = 0.1
_MUCH, _LITTLE = 0.7, 0.25
_TRY_AGAIN_SECONDS = 1.0


class ConnectionSpread:
    """So many connections are `enough` for now: `fewest`, or with a server that is waited for, `most`.

    A few connections keep a quick server busy. The idle ones then let more outcomes be settled in one transaction: each
    leaves room for one more that a kill may repeat.
    """

    def __init__(self, fewest: int, most: int) -> None:
        self.enough = self._fewest = min(fewest, most)
        self._most = most
        self._since = self._waited = self._not_before = 0.0

    def waited(self, seconds: float) -> None:
        """Takes in for how long the server was waited for, with nothing else to do."""
        self._waited += seconds

    def look(self, now: float) -> None:
        """Decides again, every tenth of a second, by how much of it was waiting; `now` is in monotonic seconds.

        To be called whether or not the server was waited for: while the ledger is the bottleneck it never is.
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
