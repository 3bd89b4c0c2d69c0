"""The experiments of the scripts, as they are judged. Pure."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.effect.trials import Trial
from bot.effect.values import MEASURES
from scripts import Script

_LONG = timedelta(days=365)
"""An experiment without a first day is looked at over so long."""


def trials(scripts: Iterable[Script], zone: ZoneInfo, now: datetime) -> tuple[Trial, ...]:
    """Every experiment that has begun, by script; its days are the brand's.

    Ops choose the measure that decides (``experiment.measure``) and the smallest difference worth knowing
    (``experiment.least``, in shares); without a choice it is whether people write again, and ours.
    """
    found = (_trial(one, zone, now) for one in sorted(scripts, key=lambda one: one.id) if one.experiment is not None)
    return tuple(trial for trial in found if trial is not None and trial.since <= now)


def _trial(script: Script, zone: ZoneInfo, now: datetime) -> Trial | None:
    planned = script.experiment
    if planned is None:
        return None
    measure = getattr(planned, "measure", "answer")
    least = getattr(planned, "least", None)
    return Trial(
        id=planned.id,
        script=script.id,
        arms=dict(planned.arms),
        since=now - _LONG if planned.begins is None else datetime.combine(planned.begins, time(), zone),
        until=None if planned.ends is None else datetime.combine(planned.ends + timedelta(days=1), time(), zone),
        measure=measure if measure in MEASURES else "answer",
        least=least,
    )
