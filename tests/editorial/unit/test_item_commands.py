import json
from pathlib import Path

from click.testing import CliRunner

from newsletter_service.editorial.commands import item_commands

PAIR = {
    "a": {
        "title": "Webinar over geldezels",
        "starts": "2027-01-14T15:00",
        "link": "https://a.example/webinar",
    },
    "b": {
        "title": "Online: bankpas uitlenen",
        "starts": "2027-01-14",
        "link": "a.example/webinar?utm_source=x",
    },
}


def compared(tmp_path: Path, *lines: str) -> tuple[int, str]:
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    result = CliRunner().invoke(item_commands, ["compare", str(file)])
    return result.exit_code, result.output


def test_each_pair_of_a_file_gets_a_line_that_says_why(tmp_path: Path) -> None:
    apart = {"a": {"title": "Jaarverslag 2025"}, "b": {"title": "Jaarverslag 2026"}}
    code, said = compared(tmp_path, json.dumps(PAIR), "", json.dumps(apart), json.dumps({"a": {}, "b": {}}))
    answers = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [answer["alike"] for answer in answers] == [True, False, False]
    assert answers[0]["score"] == 1
    assert answers[0]["why"].startswith("they link to the same page; both speak of ")
    assert answers[1]["why"].startswith("their titles name different days or periods")


def test_a_line_that_is_no_pair_is_named(tmp_path: Path) -> None:
    for wrong in ("{", "[]", '{"a": {}}', '{"a": 1, "b": {}}', '{"a": {"starts": "morgen"}, "b": {}}'):
        code, said = compared(tmp_path, json.dumps(PAIR), wrong)
        assert code == 1
        assert "line 2 is no " in said
