"""The newsletter of the demonstration, set up as `newsletter setup` does it."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

import newsletter_service
from newsletter_service.demo.region import region
from newsletter_service.setup.service import fill

PASSWORD = "een lange zin voor de beheerder"
EXAMPLE = Path(newsletter_service.__file__).parent / "setup" / "example.toml"
"""What `newsletter setup --example` prints."""


def set_up_region(session: Session, now: datetime) -> None:
    """Set up what the demonstration has, without anything or anybody in it."""
    fill(session, region(), now)
