"""Forms of shops, guides and macros: fields as a browser sends them become values by the keys of FORMATS §1.

What means the same as before stays as it was written.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from bot.front.console_catalogue_forms import kept
from bot.front.console_forms import WEEK, Fields, Value, lines, parted, words
from bot.hours import Hours

_LONGEST: Final = 366
"""Days of one holiday."""
_TO: Final = re.compile(r"\s*(?:~|～|至|到|—|–)\s*")


def guide(fields: Fields, was: Value) -> dict[str, object]:
    """A guide out of the form."""
    told: dict[str, object] = {
        "id": words(fields, "id").strip() or str(was.get("id", "")),
        "name": words(fields, "name").strip(),
        "store": words(fields, "store").strip(),
        "role": words(fields, "role"),
        "skills": parted(words(fields, "skills")),
        "languages": parted(words(fields, "languages")),
        "wecom_userid": words(fields, "wecom_userid").strip(),
        "shifts": week(fields, was.get("shifts")),
        "days_off": days(words(fields, "days_off"), was.get("days_off")),
    }
    return _numbered(kept(told, was), "capacity", words(fields, "capacity"), was)


def store(fields: Fields, was: Value) -> dict[str, object]:
    """A shop out of the form."""
    names = ("name", "city", "region", "address", "phone")
    coupon = {one: words(fields, f"coupon.{one}").strip() for one in ("id", "title", "text", "url", "valid_until")}
    before = was.get("coupon")
    told: dict[str, object] = {
        "id": words(fields, "id").strip() or str(was.get("id", "")),
        **{name: words(fields, name).strip() for name in names},
        "hours": week(fields, was.get("hours")),
        "holidays": days(words(fields, "holidays"), was.get("holidays")),
        "coupon": kept(coupon, before if isinstance(before, Mapping) else {}) if any(coupon.values()) else {},
    }
    return kept(told, was)


def macro(fields: Fields, was: Value) -> dict[str, object]:
    """A macro out of the form."""
    tags = dict(one.split("=", 1) for one in re.split(r"[\n;；,，]+", words(fields, "tags").replace("＝", "=")) if "=" in one)
    told: dict[str, object] = {
        "id": words(fields, "id").strip() or str(was.get("id", "")),
        "title": words(fields, "title").strip(),
        "text": words(fields, "text").strip(),
        "tags": {tag.strip(): value.strip() for tag, value in tags.items()},
        "task": words(fields, "task").strip(),
        "close": bool(words(fields, "close")),
        "store": words(fields, "store").strip(),
    }
    return _numbered(kept(told, was), "task_in_hours", words(fields, "task_in_hours"), was)


def _numbered(value: dict[str, object], name: str, told: str, was: Value) -> dict[str, object]:
    """With a number, which may be 0; what is none stays a text, so that the check names it."""
    found: object = told.strip()
    if isinstance(found, str) and re.fullmatch(r"\d{1,6}(\.\d{1,3})?", found):
        found = float(found) if "." in found and not float(found).is_integer() else int(float(found))
    if found == "":
        return {key: one for key, one in value.items() if key != name}
    return {**value, name: was[name] if was.get(name) == found else found}


# --- the week


def spans(told: object) -> list[tuple[str, str]]:
    """From and until of each weekday, Monday first; empty where nobody is there, all empty where nothing is said."""
    if not isinstance(told, Mapping) or not told:
        return [("", "")] * 7
    try:
        found = Hours.read({str(key): str(one) for key, one in told.items()}).week
    except ValueError:
        return [("", "")] * 7
    return [("", "") if one is None else (_clock(one[0]), _clock(one[1])) for one in found]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def week(fields: Fields, was: object) -> object:
    """``{mon-fri: "10:00-22:00"}`` out of seven rows; days without times are free, all without: nothing is said."""
    rows = [(words(fields, f"{day}.begins"), words(fields, f"{day}.ends")) for day, _ in WEEK]
    if rows == spans(was) and any(any(one) for one in rows):
        return was
    found: dict[str, str] = {}
    at = 0
    while at < len(WEEK):
        last = at
        while last + 1 < len(WEEK) and rows[last + 1] == rows[at]:
            last += 1
        if any(rows[at]):
            begins, ends = rows[at][0] or "00:00", rows[at][1] if rows[at][1] not in {"", "00:00"} else "24:00"
            name = WEEK[at][0] if at == last else f"{WEEK[at][0]}-{WEEK[last][0]}"
            found[name] = f"{begins}-{ends}"
        at = last + 1
    return found


def week_words(told: object) -> str:
    """周一–周五 10:00–18:00，周六 …; empty where nothing is said."""
    rows = spans(told)
    parts: list[str] = []
    at = 0
    while at < len(rows):
        last = at
        while last + 1 < len(rows) and rows[last + 1] == rows[at]:
            last += 1
        if any(rows[at]):
            name = WEEK[at][1] if at == last else f"{WEEK[at][1]}–{WEEK[last][1]}" if last - at < 6 else "每天"
            parts.append(f"{name} {rows[at][0]}–{rows[at][1] if rows[at][1] != '00:00' else '24:00'}")
        at = last + 1
    return "，".join(parts)


# --- days


def days(told: str, was: object) -> object:
    """Days out of lines such as 2026-10-01 or 2026-10-01~2026-10-07; what is none stays, so that the check names it."""
    found: list[str] = []
    for line in lines(told.replace("，", "\n").replace(",", "\n").replace("、", "\n").replace(" ~ ", "~")):
        found += _span(line)
    found = sorted(dict.fromkeys(found))
    before = [str(one) for one in was] if isinstance(was, Sequence) and not isinstance(was, str) else []
    return was if found and found == sorted(before) else found


def _span(line: str) -> list[str]:
    parts = _TO.split(line.strip(), maxsplit=1)
    try:
        first, last = date.fromisoformat(parts[0].strip()), date.fromisoformat(parts[-1].strip())
    except ValueError:
        return [line.strip()]
    if not first <= last <= first + timedelta(days=_LONGEST):
        return [line.strip()]
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def days_lines(told: object) -> str:
    """Days as one writes them: a span where several follow each other, one to a line."""
    found = sorted(str(one) for one in told) if isinstance(told, Sequence) and not isinstance(told, str) else []
    rows: list[list[str]] = []
    for one in found:
        if rows and _follows(rows[-1][-1], one):
            rows[-1].append(one)
        else:
            rows.append([one])
    return "\n".join(row[0] if len(row) == 1 else f"{row[0]}~{row[-1]}" for row in rows)


def _follows(one: str, other: str) -> bool:
    try:
        return date.fromisoformat(other) - date.fromisoformat(one) == timedelta(days=1)
    except ValueError:
        return False
