"""What `gunicorn wsgi:app` reads by itself where it is started in this folder."""

from newsletter_service.web.server.gunicorn_conf import *
