"""How gunicorn serves the pages; options on its command line come before these."""

from typing import Any

worker_class = "newsletter_service.web.server.worker.PatientWorker"
workers = 2
threads = 8
worker_connections = 400  # with room below the 1,024 open files that most systems allow

# A worker that does not even count its connections for so long is started again.
timeout = 30
graceful_timeout = 8
keepalive = 5

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# Loaded once, before the workers: what is wrong then stops gunicorn with one line instead of worker after worker.
preload_app = True
umask = 0o077
control_socket_disable = True

# Whom to believe about the client's address and https is a setting of ours, TRUSTED_PROXIES.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

BEGINS = "newsletter_begins"
"""Under this name an app keeps what each worker is to begin once it is there: threads do not come along into it."""


def post_worker_init(worker: Any) -> None:
    """Begins it; another app may have nothing to begin."""
    begin = getattr(worker.wsgi, "extensions", {}).get(BEGINS)
    if begin is not None:
        begin()
