"""Spam, lures and impostors in groups: recognised whatever they are disguised as, reported to a person, never answered.

``guard(text, sender_name, known) → Alarm | None``. It only sees members: what guides and the assistant say is not its business.
"""

from intents.guard.judging import guard
from intents.guard.model import Alarm, Known
from intents.guard.names import posing
from intents.guard.telling import alert_key, alert_text

__all__ = ["Alarm", "Known", "alert_key", "alert_text", "guard", "posing"]
