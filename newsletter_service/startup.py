"""How every process begins: files for itself alone, settings out of the environment, logs as those say."""

import logging
import os
import sys
from dataclasses import replace

from newsletter_service.environment import misspelt
from newsletter_service.files.private import (
    NotPrivate,
    NotWritable,
    keep_private,
    private_database,
    private_folder,
)
from newsletter_service.keys.suppression_key import WrongKey, suppression_key
from newsletter_service.operations.logs import init_logs
from newsletter_service.settings import Settings, SettingsError, known_names

log = logging.getLogger(__name__)


def start() -> Settings:
    """The environment's settings; ends the process with one clear line per problem."""
    settings = start_without_key()
    try:
        return with_suppression_key(settings)
    except (NotWritable, WrongKey) as error:
        sys.exit(str(error))


def start_without_key() -> Settings:
    """The same for a command that brings the suppression key along: none is made, and none is looked for."""
    keep_private()
    try:
        settings = Settings.from_env()
        private_folder(settings.instance_dir)
        private_database(settings.database_url)
    except (SettingsError, NotPrivate, NotWritable) as error:
        sys.exit(str(error))
    init_logs(settings.log_format)
    for name in misspelt(os.environ, known_names()):
        log.warning("%s is no setting%s", name.given, f": is {name.meant} meant?" if name.meant else "")
    return settings


def with_suppression_key(settings: Settings) -> Settings:
    """Returns the settings with the suppression key of this machine; raises WrongKey, NotWritable."""
    key = suppression_key(
        settings.suppression_key, settings.instance_dir, settings.database_url, settings.keys
    )
    return replace(settings, suppression_key=key)
