"""What a WSGI server loads: `gunicorn wsgi:app`."""

from newsletter_service.app import create_app_from_env

app = create_app_from_env()
