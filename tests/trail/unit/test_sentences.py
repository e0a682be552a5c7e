"""Whatever is written into the audit trail has a sentence that people read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from newsletter_service.editions.rules import Move
from newsletter_service.trail.rules import Topic
from newsletter_service.trail.wording import SENTENCES

REPO = Path(__file__).parents[3]
ACTION = re.compile(r"[a-z]+\.[a-z_]+")
NOT_ACTIONS = re.compile(r"(\w+\.id|edition\.numbers)")
RECORDING = ("record(", "record_about_reader(", "_note(", "note(", "Alert(")


def written() -> Iterator[str]:
    """Texts that look like an action, in files that write entries; those that columns are named by are left out."""
    for path in (REPO / "newsletter_service").rglob("*.py"):
        source = path.read_text("utf-8")
        if any(one in source for one in RECORDING) and "migrations" not in path.parts:
            nodes = ast.walk(ast.parse(source))
            texts = (node.value for node in nodes if isinstance(node, ast.Constant))
            yield from (one for one in texts if isinstance(one, str) and _is_action(one))


def _is_action(text: str) -> bool:
    return bool(ACTION.fullmatch(text)) and not NOT_ACTIONS.fullmatch(text)


def test_every_action_has_a_sentence() -> None:
    topics = {kind for topic in Topic for kind in topic.kinds}
    actions = {one for one in written() if one.partition(".")[0] in topics}
    assert len(actions) > 50
    missing = sorted((actions | {f"edition.{move}" for move in Move}) - SENTENCES.keys())
    assert missing == [], "say in newsletter_service/trail/wording.py what these mean"


def test_every_sentence_is_found_under_a_topic() -> None:
    topics = {kind for topic in Topic for kind in topic.kinds}
    assert {action.partition(".")[0] for action in SENTENCES} - topics == set()
