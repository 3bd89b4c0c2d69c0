"""Values to JSON columns and back: sessions, speeches, evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.model import Session, Speech

_SESSION = TypeAdapter(Session)
_SPEECH = TypeAdapter(Speech)


def session_to_json(session: Session) -> str:
    """The session without its version, which stands in a column of its own."""
    return _SESSION.dump_json(session, exclude={"version"}, exclude_defaults=True).decode()


def session_from_json(data: Mapping[str, Any], version: int) -> Session:
    """A session as stored; keys that an older or newer program wrote and that we do not know are left out."""
    known = {name: value for name, value in data.items() if name in Session.__dataclass_fields__}
    return _SESSION.validate_python({**known, "version": version})


def speech_to_json(speech: Speech) -> str:
    """A speech for the outbox."""
    return _SPEECH.dump_json(speech, exclude_defaults=True).decode()


def speech_from_json(data: Mapping[str, Any]) -> Speech:
    """A speech from the outbox."""
    return _SPEECH.validate_python(data)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with zone, as the API shows times."""
    return None if moment is None else moment.isoformat(timespec="milliseconds")
