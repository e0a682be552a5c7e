"""Whether a text asks its readers for something, or tells what came of it: a call and its outcome are two items."""

import re

_ASKS = re.compile(
    r"\b(?:meld (?:u|je)|geef (?:u|je) op|geef uw|schrijf u in|doe mee|denk mee|kunt (?:u|tot)|word|oproep|vacature|"
    r"gezocht|aanmelden|inschrijven|opgeven|invullen|insturen|zoeken|zoekt|solliciteer|reageer|stuur|stem op|"
    r"vul\w* .{0,40}in|draag .{0,40}voor|sign up|register|apply|wanted|join|call for|propose)\b"
)
_TELLS = re.compile(
    r"\b(?:resulta\w+|uitkomst\w*|blijkt|verslag|terugblik\w*|leerden|lessen|geslaagd|succes|deden mee|vulden|"
    r"beantwoordt|wint|won|winnaar|gewonnen|gekozen|begint op|begon|vastgesteld|verschenen|bekend|"
    r"stelt .{0,40}vast|nam .{0,40}aan|results|outcome|report of|review|winner|elected|adopted)\b"
)


def asks(text: str) -> bool:
    """Whether a folded text asks its readers to do something."""
    return bool(_ASKS.search(text))


def tells(text: str) -> bool:
    """Whether a folded text tells what came of something."""
    return bool(_TELLS.search(text))
