"""The settings, under the name by which whoever runs the service knows them."""

from newsletter_service.settings import Settings, SettingsError

__all__ = ["Settings", "SettingsError"]
