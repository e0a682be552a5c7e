"""`newsletter check`"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import click

from newsletter_service.doctor.checks import Check
from newsletter_service.doctor.dns.resolver import BadNameServer, Resolver
from newsletter_service.doctor.findings import Area, Finding, Level
from newsletter_service.doctor.texts.sentences import area_name, level_name, outcome, place_name, sentence
from newsletter_service.languages import LANGUAGES, Language


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object with all findings.")
@click.option(
    "--only",
    type=click.Choice([area.value for area in Area]),
    multiple=True,
    help="Look at this only; may be repeated.",
)
@click.option("--from-address", "senders", multiple=True, help="An address that letters leave from.")
@click.option("--nameserver", default="", help="Ask this name server, as ADDRESS or ADDRESS@PORT.")
@click.option("--language", type=click.Choice(LANGUAGES), default="nl", help="Of what is printed.")
def check(
    as_json: bool, only: Sequence[str], senders: Sequence[str], nameserver: str, language: Language
) -> None:
    """Look whether everything is as it should be, and say what to put where it is not.

    It changes nothing and sends nothing. The exit code is 1 where something keeps letters from arriving.
    """
    looking = Check(os.environ, _addresses(senders), _resolver(nameserver))
    areas = [Area.SETTINGS] if looking.problems else [area for area in Area if not only or area in only]
    findings = [one for area in areas for one in looking.look(area)]
    lines = [_printable(line) for line in _lines(areas, findings, language)]
    click.echo(_json(areas, findings, language) if as_json else "\n".join(lines))
    sys.exit(any(one.level is Level.ERROR for one in findings))


def _addresses(given: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_address(one)) for one in given)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--from-address") from error


def _resolver(nameserver: str) -> Resolver:
    address, _, port = nameserver.partition("@")
    try:
        return Resolver(address, int(port or 53))
    except (BadNameServer, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--nameserver") from error


def _lines(areas: Sequence[Area], findings: list[Finding], language: Language) -> Iterator[str]:
    for area in areas:
        yield area_name(area, language)
        mine = [one for one in findings if one.area is area]
        for one in mine:
            yield f"  {level_name(one.level, language)}: {sentence(one, language)}"
            if one.put is not None:
                yield f"      {place_name(one.put.place, language)}:  {one.put.line}"
        if not mine:
            yield f"  {outcome([], language)}"
    yield ""
    yield outcome(findings, language)


def _printable(line: str) -> str:
    """Whoever has a domain that ours includes says what stands in its records: they would steer the terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


def _json(areas: Sequence[Area], findings: list[Finding], language: Language) -> str:
    found = [
        {
            "area": one.area,
            "code": one.code,
            "level": one.level,
            "subject": one.subject,
            "says": sentence(one, language),
            "put": one.put._asdict() if one.put else None,
        }
        for one in findings
    ]
    ok = all(one.level is not Level.ERROR for one in findings)
    return json.dumps({"ok": ok, "looked_at": areas, "findings": found}, ensure_ascii=False, indent=2)
