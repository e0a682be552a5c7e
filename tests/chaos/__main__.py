"""`make chaos`: random kills on each database; KILLS (100), LETTERS (50,000), SEED and DATABASES by environment."""

import os
import secrets
import sys

import click

from tests.chaos.kills import EXCUSED, run
from tests.chaos.plans import random_plan

_DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run on one database after the other, and end with one line for each; 0 if all is well."""
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    kills, letters = int(os.environ.get("KILLS") or 100), int(os.environ.get("LETTERS") or 50_000)
    databases = os.environ.get("DATABASES", "").split() or _DATABASES
    click.echo(f"SEED={seed} KILLS={kills} LETTERS={letters}")
    outcomes = []
    for database in databases:
        outcome = run(random_plan(database, kills, letters, seed), click.echo)
        most = max(outcome.blame.charged.values(), default=0)
        click.echo(
            f"{database} took {outcome.seconds:.0f} s; at most {most} of {EXCUSED} letters came twice for one kill"
        )
        for problem in (*outcome.unaccounted[:50], *outcome.trouble):
            click.echo(problem, err=True)
        outcomes.append(outcome)
    for outcome in outcomes:
        click.echo(str(outcome))
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
