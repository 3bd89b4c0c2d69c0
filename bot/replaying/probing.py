"""What real messages may not have touched: the phrasings of entries that a draft changes, asked by whom they are for, and the
wordings of its scripts, held beside those that they take the place of.

Ops edit what is asked once a month as well; that nobody asked lately must not hide a lost 不.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from bot.db.recorded import Profile, Recorded
from bot.replaying.comparing import Ground, compare
from bot.replaying.outcome import Outcome
from bot.replaying.report import PROBE, Example, Gathering
from bot.replaying.rooms import Rendered, other_scripts
from bot.services import Services
from knowledge import Entry
from scripts import Scriptbook

_PHRASINGS: Final = 12
"""Of one entry, on either side."""
_MOST: Final = 600
"""Entries that are asked: where more changed, it is another content altogether."""
_CHANNEL: Final = "wecom_kf"
_PLACE: Final = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


def probes(live: Services, draft: Services) -> tuple[Recorded, ...]:
    """The phrasings of all entries that are not the same on both sides."""
    if live.library is draft.library:
        return ()
    before, after = _entries(live), _entries(draft)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return tuple(one for name in changed[:_MOST] for one in _asked(name, before.get(name), after.get(name)))


def _entries(services: Services) -> Mapping[str, Entry]:
    return {entry.id: entry for entry in services.library.entries}


def _asked(name: str, before: Entry | None, after: Entry | None) -> Iterator[Recorded]:
    """One entry's phrasings, each once for everybody whom it is for before and after."""
    seen: set[tuple[str, str, str]] = set()
    for entry in filter(None, (before, after)):
        who, channel = _audience(entry)
        for n, words in enumerate(entry.questions[:_PHRASINGS], 1):
            if (key := (words, repr(who), channel)) not in seen:
                seen.add(key)
                yield Recorded(f"{PROBE}{name} {n}", (words,), channel=channel, customer=who, talk=f"{PROBE}{name}")


def _audience(entry: Entry) -> tuple[Profile, str]:
    """Somebody whom an entry is for."""
    told = entry.audience
    who = Profile(
        level=min(told.levels, default=None),
        store=min(told.stores, default=None),
        tags={tag: (min(values),) for tag, values in told.tags.items() if values},
    )
    return who, min(told.channels, default=_CHANNEL)


def look_at_scripts(live: Services, draft: Services, ground: Ground, found: Gathering) -> None:
    """Every script that both have and that differs, with all that it may say to anybody."""
    for name in sorted(other_scripts(live, draft)):
        if name in live.book and name in draft.book:
            one, other = (_wordings(services.book, name) for services in (live, draft))
            if differences := compare(one, other, ground):
                example = Example(f"话术 {name}", ("（话术的原文）",), one.told(), other.told(), 0.0, "")
                found.found(differences, (0, 0), (), example)


def _wordings(book: Scriptbook, name: str) -> Outcome:
    """A script as if all its wordings were said."""
    texts = tuple(_PLACE.sub(lambda place: f"〔{place[1]}〕", one.text) for one in book.script(name).variants)
    reason = "改动的话术，最近没有消息说到它的话，这里也列出来"
    return Outcome("answered", (Rendered(name, texts[0] if texts else None, frozenset(texts)),), texts, reason=reason)
