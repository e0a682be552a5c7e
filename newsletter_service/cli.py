"""The `newsletter` command: Flask's own commands and those of every feature, on the app of the environment."""

from flask.cli import FlaskGroup

from newsletter_service.app import create_app_from_env

main = FlaskGroup(name="newsletter", create_app=create_app_from_env, add_version_option=False)
