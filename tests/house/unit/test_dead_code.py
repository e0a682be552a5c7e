"""What only a template uses, or what is looked up late, is used."""

from pathlib import Path

from tests.house.dead_code import names_in_templates, names_to_resolve


def test_what_templates_read_counts_as_used(tmp_path: Path) -> None:
    (tmp_path / "show.html").write_text(
        "{% for row in page.rows %}{{ row.why|escape }}{% endfor %}{# row.gone #}"
    )
    names = names_in_templates(tmp_path)
    assert {"page", "rows", "why"} <= names
    assert "gone" not in names


def test_what_is_looked_up_by_its_name_counts_as_used(tmp_path: Path) -> None:
    (tmp_path / "cli.py").write_text('send = resolve_name("sending.commands:send_all")\n')
    assert names_to_resolve([str(tmp_path)]) == {"send_all"}
