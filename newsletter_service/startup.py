"""How every process begins: files for itself alone, settings out of the environment, logs as those say."""

import sys

from newsletter_service.keys import WrongKey, with_suppression_key
from newsletter_service.logs import init_logs
from newsletter_service.private_files import (
    NotPrivate,
    NotWritable,
    keep_private,
    private_database,
    private_folder,
)
from newsletter_service.settings import Settings, SettingsError


def start() -> Settings:
    """The environment's settings; ends the process with one clear line per problem."""
    keep_private()
    try:
        settings = Settings.from_env()
        private_folder(settings.instance_dir)
        private_database(settings.database_url)
        settings = with_suppression_key(settings)
    except (SettingsError, NotPrivate, NotWritable, WrongKey) as error:
        sys.exit(str(error))
    init_logs(settings.log_format)
    return settings
