"""Parts of a form that come, go and change places; and the words of a finding with what stands around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.front import console_forms

if TYPE_CHECKING:
    from bot.editing.model import Finding


def shuffled(value: Mapping[str, object], op: str, at: str, sort: str) -> Mapping[str, object]:
    """The value after one step: ``add``, ``copy``, ``drop``, ``up``, ``down`` a wording, ``attach`` or ``detach`` something."""
    first, _, second = at.partition(".")
    n, m = int(first or 0) if first.isdigit() or not first else 0, int(second) if second.isdigit() else 0
    if sort == "entries":
        return {**value, "attachments": _attached(value, op, n)}
    parts: list[Mapping[str, object]] = list(console_forms.listed(value.get("variants")))
    if op == "add":
        parts.append({"text": ""})
    elif n < len(parts):
        if op == "copy":
            parts.insert(n + 1, {name: one for name, one in parts[n].items() if name != "id"})
        elif op == "drop" and len(parts) > 1:
            del parts[n]
        elif op == "up" and n:
            parts[n - 1], parts[n] = parts[n], parts[n - 1]
        elif op == "down" and n + 1 < len(parts):
            parts[n + 1], parts[n] = parts[n], parts[n + 1]
        elif op in {"attach", "detach"}:
            parts[n] = {**parts[n], "attachments": _attached(parts[n], op, m)}
    return {**value, "variants": parts}


def _attached(value: Mapping[str, object], op: str, n: int) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = list(console_forms.listed(value.get("attachments")))
    if op == "attach":
        found.append({"kind": "link"})
    elif op == "detach" and n < len(found):
        del found[n]
    return found


def told_of(form: Mapping[str, object], found: Sequence[Finding], *, fresh: bool) -> dict[str, object]:
    """Findings with the words around them, what must be mended first.

    ``fresh``: a thing that nobody saved yet; what is merely not written there so far stands apart, by the names of its fields,
    and is no fault.
    """
    unwritten = [one for one in found if fresh and one.rule == "check" and _at(form, one.path) in (None, "", [], {})]
    faults = sorted(
        (one for one in found if one not in unwritten),
        key=lambda one: (one.excepted is not None, not one.blocks, [str(part) for part in one.path], one.start),
    )
    return {
        "unwritten": list(dict.fromkeys(one.place for one in unwritten)),
        "findings": [(one, excerpt(form, one)) for one in faults],
    }


def _at(value: object, path: Sequence[str | int]) -> object:
    """What stands at a path of a value; None where nothing does."""
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(str(part))
        elif isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            value = None
    return value


def excerpt(value: object, one: Finding) -> tuple[str, str, str]:
    """The words of a finding with what stands before and behind them."""
    value = _at(value, one.path)
    if not isinstance(value, str) or not 0 <= one.start < one.end <= len(value):
        return "", one.words, ""
    before, behind = value[max(0, one.start - 12) : one.start], value[one.end : one.end + 12]
    return (
        ("…" if one.start > 12 else "") + before,
        value[one.start : one.end],
        behind + ("…" if one.end + 12 < len(value) else ""),
    )
