"""The desk of the editors' pages: two organisations with a head each, and who signs in."""

from tests.editorial.web.conftest import another_browser, desk, head

__all__ = ["another_browser", "desk", "head"]
