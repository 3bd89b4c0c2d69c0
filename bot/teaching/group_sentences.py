"""Sentences of the intents' training set as remarks that nobody has answered yet: words for what the logs are too few to tell.

Each is taught alone, without what the recognizer makes of it (it knows them by heart), for the sorts that its intent leaves open.
"""

from collections.abc import Iterable, Mapping

from intents.groups.cues import cues
from intents.groups.hearing import View

_ALLOWED: Mapping[str, frozenset[str]] = {
    intent: frozenset(sorts.split("/"))
    for sorts, intents in (
        ("handover", "complain report_reaction ask_human"),
        ("private/handover", "report_problem"),
        ("private/ask", "track_order urge_order"),
    )
    for intent in intents.split()
}
_OWN = frozenset(("own_thing", "check", "phone", "long_number"))


def sentence_views(sentences: Iterable[tuple[str, str]]) -> list[tuple[View, frozenset[str]]]:
    """(text, intent) as remarks, with the sorts that are right; intents that leave everything open are passed over."""
    found = []
    for number, (text, intent) in enumerate(sentences):
        allowed = _ALLOWED.get(intent)
        if allowed is None:
            continue
        view = View(f"sentence-{number}", "", 0.0, text, cues(text))
        if allowed == {"private", "ask"} and view.cues & _OWN:
            allowed = frozenset(("private",))
        if allowed == {"ask"} and view.cues & {"i_have", "illness", "own_thing"}:
            allowed = frozenset(("ask", "private"))
        found.append((view, allowed))
    return found
