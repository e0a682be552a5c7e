"""What a WSGI server loads: `gunicorn wsgi:app`."""

from newsletter_service.app import create_site_from_env

app = create_site_from_env()
