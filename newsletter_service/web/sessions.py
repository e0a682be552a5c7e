"""Sessions are for staff: no other page reads the cookie or sets one, so each is the same for everybody."""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from newsletter_service.web.areas import is_for_staff


class StaffSessions(SecureCookieSessionInterface):
    """Flask's own sessions where staff are at work, an empty one that is never kept elsewhere."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session that the cookie holds; elsewhere an empty one."""
        return super().open_session(app, request) if is_for_staff() else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Into the cookie, where staff are at work."""
        if is_for_staff():
            super().save_session(app, session, response)
