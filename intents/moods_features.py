"""What mood and hurry are read from: pieces of a message's characters, those that were denied, and the message's form.

Marking what is denied follows Pang, Lee and Vaithyanathan (2002), who tag each word between a negation and the next
punctuation mark; Chinese denials are short, so the mark here ends after four characters.
"""

import re

LONGEST = 400
"""Characters of a message that are looked at."""
PIECE = 4
"""Characters of the longest piece."""
DENIED = "\x04"
"""Stands before a piece that was denied."""
DENIED_PIECE = 3
_SCOPE = re.compile(r"[不没别无未冇唔勿甭莫]([^,.!?;:~\s。]{2,4})")
_FIGURES = re.compile(
    r"(?P<hotline>(?<!\d)(?:12315|12345|12366)(?!\d)|"
    r"(?<=[打找上拨])(?:315|110)(?!\d)|(?<!\d)315(?=晚会|见|举报|投诉|曝光))|\d+"
)
"""Some numbers say something by themselves: those of the market regulator, the city, the tax office and the police."""
_HOTLINE = "\u260e"
_ASKING = re.compile(r"(?:吗|么|嘛|伐|莫|不|没|\?)[\s.。~]*$")


def prepared(text: str) -> str:
    """A normalised message as its pieces are taken: lower case, figures as 0, known emergency numbers as one sign."""
    return _FIGURES.sub(lambda found: _HOTLINE if found["hotline"] else "0", text[:LONGEST].lower())


def pieces(text: str) -> set[str]:
    """The different pieces of 1 to 4 characters of a normalised message, edges marked, and those of 1 to 3 that are denied."""
    whole = f"\x02{prepared(text)}\x03"
    second, third = whole[1:], whole[2:]
    pairs = list(map(str.__add__, whole, second))
    triples = list(map(str.__add__, pairs, third))
    found = set(whole)
    found.update(pairs, triples, map(str.__add__, triples, whole[3:]))
    for scope in _SCOPE.findall(whole):
        for length in range(1, DENIED_PIECE + 1):
            found.update(DENIED + scope[at : at + length] for at in range(len(scope) - length + 1))
    return found


def form(text: str, rule: str | None) -> list[str]:
    """How a normalised message looks as a whole, and which rule of `intents.safety` it meets."""
    shouts = min(text.count("!"), 3)
    found = [f"rule:{rule}"]
    if shouts:
        found.append(f"shouts:{shouts}")
    if "??" in text or shouts + text.count("?") >= 2:
        found.append("insists")
    if _ASKING.search(text):
        found.append("asks")
    if len(text) <= 4:
        found.append("short")
    elif len(text) > 25:
        found.append("long")
    return found
