"""The key to a backup may come by standard input, so that its file is nobody's but its owner's."""

import io
from pathlib import Path

import pytest

from newsletter_service.backups.sealing import BadSeal, identities_in

KEY = "# made by age-keygen\nAGE-SECRET-KEY-1EXAMPLE\n\n"


def test_identities_are_read_from_a_file_or_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text(KEY)
    monkeypatch.setattr("sys.stdin", io.StringIO(KEY))
    assert identities_in(tmp_path / "key") == identities_in(Path("-")) == ("AGE-SECRET-KEY-1EXAMPLE",)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSeal, match="cannot be read"):
        identities_in(tmp_path / "key")
