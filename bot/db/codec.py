"""Values to JSON columns and back: sessions, speeches, evidence."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.model import Session, Speech

_SESSION = TypeAdapter(Session)
_SPEECH = TypeAdapter(Speech)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_NUL = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")
_DEEPEST = 100


def storable(words: str) -> str:
    """The words as PostgreSQL keeps them: NUL and halves of a character (lone surrogates) become U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", words)


def to_json(value: object) -> str:
    """JSON that PostgreSQL keeps, whatever stands in it: one odd value must not stop a whole batch."""
    try:
        words = orjson.dumps(value, default=str).decode()
    except TypeError:
        words = orjson.dumps(_plain(value)).decode()
    return _NUL.sub(lambda found: found[1] + "\ufffd", words) if "\\u0000" in words else words


def _plain(value: object, depth: int = 0) -> object:
    """The same value out of what JSON has; numbers beyond 64 bits and anything unknown in words, depth bounded."""
    if isinstance(value, str):
        return storable(value)
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and -(2**63) <= value < 2**63):
        return value
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {storable(str(key)): _plain(one, depth + 1) for key, one in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_plain(one, depth + 1) for one in value]
    return storable(str(value)) if depth < _DEEPEST else "…"


def session_to_json(session: Session) -> str:
    """The session without its version, which stands in a column of its own."""
    return to_json(_SESSION.dump_python(session, exclude={"version"}, exclude_defaults=True, warnings=False))


def session_from_json(data: Mapping[str, Any], version: int) -> Session:
    """A session as stored; keys that an older or newer program wrote and that we do not know are left out.

    What cannot be read at all is forgotten: a talk without its memory goes on, a talk that stops every worker does not.
    """
    known = {name: value for name, value in data.items() if name in Session.__dataclass_fields__}
    try:
        return _SESSION.validate_python({**known, "version": version})
    except ValidationError:
        return Session(version=version)


def speech_to_json(speech: Speech) -> str:
    """A speech for the outbox."""
    return to_json(_SPEECH.dump_python(speech, exclude_defaults=True, warnings=False))


def speech_from_json(data: Mapping[str, Any]) -> Speech:
    """A speech from the outbox."""
    return _SPEECH.validate_python(data)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with zone, as the API shows times."""
    return None if moment is None else moment.isoformat(timespec="milliseconds")
