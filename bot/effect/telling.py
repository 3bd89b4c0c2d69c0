"""Effects and verdicts as JSON for the console and the API, and as rows for a spreadsheet. Pure."""

from collections.abc import Iterable, Mapping

from bot.effect.sequential import Share
from bot.effect.trials import Arm, Verdict
from bot.effect.values import MEASURES, NAMES, By, Effect, Rate

WHAT: Mapping[By, str] = {"script": "话术", "wording": "说法", "arm": "分组", "entry": "知识条目"}


def told(effect: Effect) -> dict[str, object]:
    """``{"by","id","wording","experiment","arm","sent","people","in_groups","rates":{measure: rate}}``."""
    label = effect.label
    return {
        "by": effect.by,
        "id": label.id,
        "wording": label.wording or None,
        "experiment": label.experiment or None,
        "arm": label.arm or None,
        "sent": effect.sent,
        "people": effect.people,
        "in_groups": effect.in_groups,
        "rates": {measure: told_rate(effect.rate(measure)) for measure in MEASURES},
    }


def told_rate(rate: Rate) -> dict[str, object]:
    """``{"did","of","share","low","high","followed","messages"}``: people, their share with its 95 % interval, and messages."""
    low, high = rate.interval or (None, None)
    figures = {"share": rate.share, "low": low, "high": high}
    shown = {name: None if value is None else round(value, 4) for name, value in figures.items()}
    return {"did": rate.did, "of": rate.of, **shown, "followed": rate.followed, "messages": rate.messages}


def told_verdict(verdict: Verdict) -> dict[str, object]:
    """What can be said of an experiment: its kind and words, each arm with all measures, each pair with its difference."""
    trial = verdict.trial
    return {
        "experiment": trial.id,
        "script": trial.script,
        "measure": trial.measure,
        "verdict": verdict.kind,
        "words": verdict.words,
        "winner": verdict.winner,
        "more": verdict.more,
        "crossed": verdict.compared.crossed,
        "arms": [_arm(arm, trial.arms[arm.name]) for arm in verdict.compared.arms],
        "pairs": [
            {
                "one": pair.one,
                "other": pair.other,
                "apart": round(pair.difference.apart, 4),
                "low": round(pair.difference.low, 4),
                "high": round(pair.difference.high, 4),
            }
            for pair in verdict.pairs
        ],
    }


def _arm(arm: Arm, weight: float) -> dict[str, object]:
    rates = {measure: _rate(arm.shares.get(measure, Share(0, 0))) for measure in MEASURES}
    return {"arm": arm.name, "weight": weight, "people": arm.people, "rates": {m: told_rate(rate) for m, rate in rates.items()}}


def _rate(share: Share) -> Rate:
    return Rate(share.did, share.of, share.did, share.of)


HEAD: tuple[str, ...] = (
    "看什么", "编号", "说法", "实验", "分组", "说了几次", "多少位顾客", "群里说了几次",
    *(f"{NAMES[measure]}{what}" for measure in MEASURES for what in ("人数", "满窗人数", "占比", "下限95%", "上限95%")),
)  # fmt: skip
"""The head of the table that ``rows`` fills."""


def rows(effects: Iterable[Effect]) -> list[tuple[str | int | float, ...]]:
    """One row for each effect, under ``HEAD``; shares in numbers from 0 to 1, empty where there is nobody."""
    return [_row(one) for one in effects]


def _row(one: Effect) -> tuple[str | int | float, ...]:
    label = one.label
    cells: list[str | int | float] = [
        WHAT[one.by], label.id, label.wording, label.experiment, label.arm, one.sent, one.people, one.in_groups,
    ]  # fmt: skip
    for measure in MEASURES:
        rate = one.rate(measure)
        low, high = rate.interval or ("", "")
        share = "" if rate.share is None else rate.share
        cells += [rate.did, rate.of, *(value if isinstance(value, str) else round(value, 4) for value in (share, low, high))]
    return tuple(cells)
