"""Which script, wording, arm and entry a message was made of, as its trace says. Pure."""

from collections.abc import Iterator, Mapping

from bot.effect.values import By, Label
from bot.model import JsonMap


def labels(trace: JsonMap, by: By) -> frozenset[Label]:
    """What a message counts for; several where two lines were joined in one, or one message settled several errands.

    An entry that may only be told in private, and of which a group only heard so, was not told. A script for which there were
    no words was not said. A wording that was kept before wordings had names stands under its version and place.
    """
    if by == "entry":
        return frozenset(Label(one) for one in _entries(trace))
    found = frozenset(_label(one, by) for one in _scripts(trace) if isinstance(one.get("id"), str) and not one.get("missing"))
    return frozenset(label for label in found if by != "arm" or label.arm)


def _label(script: JsonMap, by: By) -> Label:
    name = str(script["id"])
    if by == "wording":
        return Label(name, wording=str(script.get("wording") or f"{script.get('version')}/{script.get('variant')}"))
    if by == "arm":
        return Label(name, experiment=str(script.get("experiment") or ""), arm=str(script.get("arm") or ""))
    return Label(name)


def _scripts(trace: JsonMap) -> Iterator[JsonMap]:
    script = trace.get("script")
    if isinstance(script, Mapping):
        yield script
    for part in _parts(trace, "joined"):
        yield from _scripts(part)


def _entries(trace: JsonMap) -> Iterator[str]:
    entry = trace.get("entry")
    if isinstance(entry, Mapping) and isinstance(entry.get("id"), str) and not trace.get("private"):
        yield str(entry["id"])
    for part in (*_parts(trace, "joined"), *_parts(trace, "errands")):
        yield from _entries(part)


def _parts(trace: JsonMap, name: str) -> tuple[JsonMap, ...]:
    parts = trace.get(name)
    return tuple(part for part in parts if isinstance(part, Mapping)) if isinstance(parts, list) else ()
