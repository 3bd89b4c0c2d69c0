"""Who wants to be left alone in a group, or no longer: 别@我, 退订, 可以@我了, 恢复推送. Pure.

The wish is kept whenever it can be meant for the assistant. It is confirmed only where it surely is: a word of ours into an
exchange of others (小王：别@我了) would be one more that nobody asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import quiet
from bot.db.gathered import Member
from bot.model import InboundMessage, Peace
from bot.policy import SURE
from intents import Recognition
from intents.groups import Decision
from intents.groups.mentions import folded, mentions

_SAYS: dict[Peace, tuple[str, str]] = {
    "hush": ("room_hushed", "顾客不想被 @，以后不再点名"),
    "out": ("room_opted_out", "顾客退订，以后不主动打扰"),
    "named": ("room_named_again", "顾客说可以 @ 了"),
    "back": ("opt_in", "顾客要恢复推送"),
}
_SELF = re.compile(quiet.ME)
"""别@我 names nobody but whoever says it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be spared of, or no longer."""

    wish: Peace
    script: str
    """Empty: it is kept and nothing is said."""
    reason: str


def asks_quiet(
    message: InboundMessage,
    decision: Decision,
    recognition: Recognition | None,
    whose: tuple[Member, Sequence[str], bool],
) -> Wish | None:
    """The wish of a message; None where it holds none.

    ``whose``: who says it, what the assistant is called here, whether it named or answered them just now.
    """
    member, names, spoken_to = whose
    if message.kind != "text" or not message.sender or _to_another(message.text, names):
        return None
    ours = decision.named
    told = quiet.told(_without(message.text, names))
    if told is None:
        sure = recognition is not None and (
            recognition.safety == "opt_out" or (recognition.intent == "opt_out" and recognition.confidence >= SURE)
        )
        return _wish("out") if ours and sure and not quiet.not_said(message.text) else None
    if ours or (spoken_to and told.plain) or (told.surely and told.plain):
        return _wish(told.wish)
    if told.wish == "hush" and told.plain:
        return _wish("hush", say=False)
    known = (told.wish == "named" and member.hushed) or (told.wish == "back" and member.opted_out)
    return _wish(told.wish) if known and told.plain else None


def _wish(wish: Peace, *, say: bool = True) -> Wish:
    script, reason = _SAYS[wish]
    return Wish(wish, script if say else "", reason)


def _without(text: str, names: Sequence[str]) -> str:
    """The text without the assistant's name: by @, at its head, at its end. 别@我 names nobody."""
    own = {folded(name) for name in names}
    kept, done = [], 0
    for one in mentions(text, names):
        if folded(one.name) in own:
            kept.append(text[done : one.start])
            done = one.end
    said = "".join((*kept, text[done:])).strip()
    called = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1)
    if not called:
        return said
    said = re.sub(rf"^(?:{called})[呀啊]?[\s,，、:：!！~～。]*", "", said)
    return re.sub(rf"[\s,，](?:{called})[呀啊]?[\s!！?？~～。.]*$", "", said)


def _to_another(text: str, names: Sequence[str]) -> bool:
    """Whether somebody else is called by @: @小王 你别@我."""
    own = {folded(name) for name in names}
    called = [one.name for one in mentions(text, names) if folded(one.name) not in own and not one.everybody]
    return any(not _SELF.match(name) for name in called)
