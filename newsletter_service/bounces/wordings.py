"""Pure tables of what mail servers say, in English and Dutch, where a status code is missing or says nothing."""

import re

_POLICY = re.compile(
    r"\bspam|black-?list|block-?list|deny-?list|\bblocked\b|\bpolicy\b|reputation|\bdmarc\b|\bspf\b|\bdkim\b|\brbl\b"
    r"|spamhaus|(?<!recipient address rejected: )access denied"
    r"|not allowed to send|not authori[sz]ed|content rejected|rejected (?:by|due to|for) "
    r"|geblokkeerd|\bbeleid|geweigerd (?:door|vanwege)|geen toestemming|niet toegestaan",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"user unknown|unknown (?:user|recipient|address|mailbox|local)|no such (?:user|recipient|mailbox|address|person)"
    r"|(?:user|mailbox|address|recipient|account)\b[^.\n]{0,80}?\b(?:do(?:es)?(?:n.t| not) exist|not found|unknown"
    r"|is invalid|couldn.t be found|wasn.t found|could not be found)"
    r"|unrout(?:e)?able address|not listed in (?:the )?(?:domino|public|address)|no mailbox here by that name"
    r"|doesn.t have (?:a|an) [^\n]{0,40}account|invalid (?:recipient|mailbox|user)|recipientnotfound|nosuchuser"
    r"|onbekende (?:gebruiker|ontvanger|geadresseerde)|bestaat niet|niet gevonden|kan niet worden gevonden"
    r"|kon niet worden gevonden|gebruiker onbekend|adres onbekend",
    re.IGNORECASE,
)
_TABLE = tuple(
    (status, re.compile(words, re.IGNORECASE))
    for status, words in (
        ("5.2.2", r"mailbox (?:is )?(?:full|over)|quota|storage (?:limit|exceeded)|postvak is vol|mailbox is vol"),
        ("5.3.4", r"message (?:size|too (?:big|large))|exceeds (?:the )?(?:maximum|size)|bericht is te groot"),
        ("5.1.2", r"couldn.t find any host|domain (?:name )?(?:not found|does not exist|doesn.t exist)"
                  r"|no such domain|domein (?:bestaat niet|is niet gevonden)"),
        ("5.2.1", r"(?:account|mailbox)[^.\n]{0,40}(?:disabled|inactive|suspended|deactivated)|uitgeschakeld"
                  r"|niet meer actief"),
        ("5.1.1", _UNKNOWN.pattern),
        ("4.4.1", r"timed out|connection refused|could not be reached|no route to host|kon niet worden bereikt"),
    )
)  # fmt: skip
_STILL_TRIED = re.compile(
    r"not yet been delivered|still (?:being )?(?:retr|tr)|will (?:continue|be retried|keep trying)"
    r"|no action is required"
    r"|delivery (?:status notification )?\(?(?:is )?delay|warning: (?:could not send|message)|vertraagd|vertraging"
    r"|nog niet (?:worden )?(?:bezorgd|afgeleverd)|blijven (?:het )?proberen",
    re.IGNORECASE,
)
_OUT_OF_OFFICE = re.compile(
    r"^\s*(?:automati(?:sch|c|sche)[ -](?:antwoord|reply|response|bericht)|auto(?:-|\s)?(?:reply|response|antwoord)"
    r"|out of (?:the )?office|afwezig|niet aanwezig|buiten kantoor|met (?:vakantie|verlof)|vakantie"
    r"|on (?:leave|vacation)"
    r"|i am (?:away|out of)|ik ben (?:afwezig|er niet|met)|gelezen:|read:|niet gelezen:|not read:|réponse automatique"
    r"|automatische antwort)|\(out of office\)|\bafwezigheid\b|\bafwezigheids",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S{1,64}@\S{1,255}")
_ANSWER = re.compile(r"^\s*(?:re|aw|antw|antwoord|fw|fwd|doorst|tr)(?:\[\d{1,3}\])?\s?:", re.IGNORECASE)
_UNSUBSCRIBE = re.compile(
    r"^\s*(?:(?:unsubscribe|afmelden|uitschrijven)\b|re:\s*(?:unsubscribe|afmelden|uitschrijven)[\s.!]*$)",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"undeliver|returned mail|delivery (?:status notification|failure|has failed|failed|report)|failure notice"
    r"|mail delivery (?:failed|failure|system)|delivery notification|onbestelbaar"
    r"|niet (?:worden )?(?:bezorgd|afgeleverd)"
    r"|bezorging (?:is )?mislukt|bestelling mislukt",
    re.IGNORECASE,
)


def speaks_of_policy(words: str) -> bool:
    """Whether a server refuses for who sends or what it says; what addresses are called says nothing of that."""
    return _POLICY.search(_ADDRESS.sub("", words)) is not None


def speaks_of_unknown(words: str) -> bool:
    """Whether a server says that there is no such mailbox."""
    return _UNKNOWN.search(words) is not None


def status_in(words: str) -> str:
    """Returns the status code that the words come to; empty if they tell nothing."""
    if speaks_of_policy(words):
        return "5.7.1"
    return next((status for status, pattern in _TABLE if pattern.search(words)), "")


def speaks_of_delay(words: str) -> bool:
    """Whether a server says that it goes on trying."""
    return _STILL_TRIED.search(words) is not None


def speaks_of_failure(words: str) -> bool:
    """Whether it says that a message was not delivered."""
    return _FAILURE.search(words) is not None


def is_out_of_office(subject: str) -> bool:
    """Whether a subject is that of an automatic reply."""
    return _OUT_OF_OFFICE.search(subject) is not None


def is_answer(subject: str) -> bool:
    """Whether a subject is that of somebody who answers a message, or sends it on."""
    return _ANSWER.match(subject) is not None


def asks_to_unsubscribe(subject: str) -> bool:
    """Whether a subject is what our List-Unsubscribe header asks for, or its Dutch; not that of a letter answered."""
    return _UNSUBSCRIBE.search(subject) is not None
