"""Requests as nobody makes them who means well: odd numbers, bytes, types and bodies, the same ones every time."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from flask import Flask

_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
NUMBERS = ("0", "1", "2", "007", "9999", str(2**31), str(2**63), "9" * 400)
WORDS = (
    "x",
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "%F0%9F%92%A9",
    "%",
    "%2e%2e%2f%2e%2e%2fetc",
    "a" * 3000,
    "%0d%0aX:%20y",
)
VALUES = (
    "",
    "\x00",
    "\udc80\ud800",
    "a\u0300" * 3000,
    "x" * 60_000,
    "-1",
    str(2**63),
    "9" * 5000,
    "1e309",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    "25:61",
    "' OR 1=1 --",
    "{{ 7 * 7 }} %s %(x)s {0}",
    "\r\nSet-Cookie: x=y",
    "\u202etxt.exe\u200b",
    "jan@\u0130stanbul.example",
    "@" * 500,
    "https://[::1/",
    "http://\ud83d\ude00.example:99999/",
)
FIELDS = (
    "address", "name", "language", "segments", "topics", "email", "password", "next", "version", "organisation",
    "kind", "title", "lead", "day", "start_time", "end_time", "fold", "place", "link_url", "link_label", "body",
    "kept_image", "image_alt", "joint", "priority", "not_before", "expires", "restricted", "subject", "preheader",
    "introduction", "text", "item_id", "position", "direction", "seen", "reason", "sends_at", "date", "time",
    "every_weeks", "weekday", "first_day", "send_time", "closing_days", "closing_time", "release_rule", "item_limit",
    "ander", "wachtrij", "ids", "all", "group", "csrf_token",
)  # fmt: skip
ARGUMENTS = (
    "taal", "doelgroep", "vorm", "staat", "van", "bericht", "pagina", "zoek", "na", "groep", "domein", "controle",
    "next", "v", "wat", "tak",
)  # fmt: skip
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Odd:
    """One request, without who makes it."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def odd_requests(app: Flask, chance: random.Random, each: int) -> Iterator[Odd]:
    """For every route and method that there is, `each` requests."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            for _ in range(each):
                yield _odd(rule.rule, method, chance)
        yield _odd(rule.rule, chance.choice(["HEAD", "OPTIONS", "DELETE", "PATCH", "BREW"]), chance)


def _odd(rule: str, method: str, chance: random.Random) -> Odd:
    target = _PART.sub(lambda part: chance.choice(_values(part, chance)), rule)
    if chance.random() < 0.5:
        target += "?" + "&".join(
            f"{name}={chance.choice(WORDS + NUMBERS)}" for name in chance.sample(ARGUMENTS, 4)
        )
    odd_host = chance.choice(["x" * 200, "a.example:x", "[", "\xff", "", "a b"])
    headers = {"Host": odd_host} if chance.random() < 0.1 else {}
    if method == "GET":
        return Odd(method, target, headers)
    kind, body = chance.choice([_as_form, _as_form, _as_form, _as_parts, _as_json, _as_noise])(chance)
    return Odd(method, target, {**headers, "Content-Type": kind}, body)


def _values(part: re.Match[str], chance: random.Random) -> tuple[str, ...]:
    if part["kind"] != "int":
        return WORDS
    # Mostly numbers of things that exist: the others never get past the first question.
    return ("1", "2") if chance.random() < 0.7 else NUMBERS


def _fields(chance: random.Random) -> list[tuple[str, str]]:
    chosen = chance.sample(FIELDS, 20)
    return [(name, chance.choice(VALUES)) for name in chosen if name != "csrf_token" or chance.random() < 0.1]


def _as_form(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.choice([_FORM, f"{_FORM}; charset=utf-16", f"{_FORM}; charset=nonsense"])
    pairs = (
        f"{name}={quote_plus(value.encode('utf-8', 'surrogatepass'))}" for name, value in _fields(chance)
    )
    return kind, "&".join(pairs).encode()[: chance.choice([63_000, 200])]


def _as_parts(chance: random.Random) -> tuple[str, bytes]:
    """Multipart, as often as not with something missing; the picture is none, or only begins like one."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
            "utf-8", "surrogatepass"
        )
        for name, value in _fields(chance)[:8]
    ]
    picture = chance.choice(
        [b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xd8\xff\xe0", b"GIF89a\xff\xff\xff\xff", b""]
    )
    parts.append(
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="\x00../a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + picture + b"\r\n"
    )
    whole = b"".join(parts) + chance.choice([b"--b--\r\n", b"", b"--b"])
    kind = chance.choice(
        ["multipart/form-data; boundary=b", "multipart/form-data", 'multipart/form-data; boundary="']
    )
    return kind, whole[: chance.choice([len(whole), 100])]


def _as_json(chance: random.Random) -> tuple[str, bytes]:
    deep = b"[" * 20_000 + b"]" * 20_000
    flat = json.dumps(dict(_fields(chance))).encode()
    return "application/json", chance.choice(
        [deep, flat, b"{", b"\xff", b"null", b'{"email": 1, "password": []}']
    )


def _as_noise(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.choice(
        ["text/plain", "application/octet-stream", "\xff", "a/b; c", "text/csv; charset=x", ""]
    )
    return kind, chance.randbytes(chance.choice([0, 1, 5000]))
