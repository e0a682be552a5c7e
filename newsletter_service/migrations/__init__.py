"""The history of the tables, for the commands of Flask-Migrate."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from newsletter_service.db import db


def init_migrations(app: Flask) -> None:
    """Let `newsletter db` and upgrade() work on `app`; nothing else needs Alembic, which takes 12 MB."""
    folder = str(Path(__file__).resolve().parent)
    Migrate().init_app(app, db, directory=folder, render_as_batch=True, compare_type=True)
