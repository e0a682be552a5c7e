"""What the pages say of how the service is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from newsletter_service.health.models import JobRun, Trouble
from newsletter_service.health.sentences import Words, job_name, words
from newsletter_service.web.locale import language

_A_WHILE = timedelta(minutes=1)


class TroubleLine(NamedTuple):
    """One thing that is or was wrong, in words."""

    words: Words
    began_at: datetime
    over_at: datetime | None


class JobLine(NamedTuple):
    """One job in words, and what is known of its last run."""

    name: str
    run: JobRun

    @property
    def busy(self) -> bool:
        """Whether it had been at work for a while when the scheduler noted it."""
        works = self.run.ended_at is None or self.run.began_at > self.run.ended_at
        return works and self.run.noted_at - self.run.began_at > _A_WHILE


def trouble_lines(troubles: Sequence[Trouble]) -> list[TroubleLine]:
    """Returns trouble in words."""
    return [
        TroubleLine(words(one.kind, one.subject, one.detail, language()), one.began_at, one.over_at)
        for one in troubles
    ]


def job_lines(runs: Sequence[JobRun]) -> list[JobLine]:
    """Returns jobs in words: those that fail first, then by name."""
    lines = [JobLine(job_name(run.name, language()), run) for run in runs]
    return sorted(lines, key=lambda line: (line.run.failing_since is None, line.name))
