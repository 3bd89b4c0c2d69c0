"""``daogou chat`` and ``daogou explain``: the very turn that shoppers get, in the terminal, without a database."""

import io
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.cli import loading
from bot.cli.telling import document, say
from bot.db.turns import Done
from bot.model import Customer, Speech
from bot.rehearsal import Rehearsal
from bot.services import Services

_OUTCOMES = {"answered": "回答了", "silent": "不说话", "handed_over": "转给导购", "failed": "出错了"}


def run_chat(args: Namespace) -> int:
    """Talk until 再见, an empty line with Ctrl-D, or Ctrl-C."""
    services = loading.services(args)
    rehearsal = Rehearsal(services, args.channel, Customer("terminal", name=args.name))
    say(f"和{services.brand.persona.name}聊天吧，Ctrl-D 结束")
    options: list[tuple[str, str]] = []
    for text in _typed():
        chosen = _chosen(text, options)
        done = rehearsal.say(chosen[1] if chosen else text, loading.now(), option=chosen[0] if chosen else None)
        options = _show(done, services)
    return 0


def _typed() -> Iterator[str]:
    """What is typed, line by line; a prompt where somebody sits there."""
    stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    while True:
        if sys.stdin.isatty():
            sys.stdout.write("你：")
        sys.stdout.flush()
        line = stream.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _chosen(text: str, options: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The option that a number stands for."""
    return options[int(text) - 1] if text.isdigit() and 0 < int(text) <= len(options) else None


def _show(done: Done, services: Services) -> list[tuple[str, str]]:
    """Print what comes back; the options that may be chosen next."""
    options = [(option.id, option.label) for speech in done.speeches for option in speech.options]
    for speech in done.speeches:
        say(f"{services.brand.persona.name}：" + "\n    ".join(_lines(speech)))
    for number, (_, label) in enumerate(options, 1):
        say(f"    [{number}] {label}")
    if not done.speeches:
        say(f"（不说话：{done.settled[-1].reason}）")
    return options


def _lines(speech: Speech) -> Iterator[str]:
    """The text, and each card as one line."""
    yield from speech.text.splitlines()
    for card in speech.cards:
        parts = [card.title, card.price or "", card.reason or card.text, card.url or ""]
        yield "· " + "  ".join(part for part in parts if part)


def run_explain(args: Namespace) -> int:
    """One message from its words to the reply, step by step."""
    at = _moment(args.at)
    services = loading.services(args)
    moment = (at.replace(tzinfo=services.zone) if at.tzinfo is None else at) if at else loading.now()
    done = Rehearsal(services, args.channel).say(args.text, moment)
    if args.json:
        document(traced(done))
    else:
        say("\n".join(explained(args.text, done)))
    return 0


def _moment(told: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(told) if told else None
    except ValueError as error:
        raise ValueError(f"--at 要写成 2026-05-20T14:00:00+08:00 这样，现在是“{told}”") from error


def traced(done: Done) -> Mapping[str, object]:
    """The trace with what was said and what is remembered."""
    last = done.settled[-1]
    return {
        **last.trace,
        "outcome": last.outcome,
        "reason": last.reason,
        "replies": [{"text": one.text, "cards": [card.sku or card.title for card in one.cards]} for one in done.speeches],
        "options": [option.label for one in done.speeches for option in one.options],
        "evidence": [{"tag": one.tag, "value": one.value, "confidence": one.confidence} for one in done.evidence],
        "handover": done.handover.reason if done.handover else None,
    }


def explained(text: str, done: Done) -> Iterator[str]:
    """Understand → decide → gather → say → remember, in Chinese."""
    last, trace = done.settled[-1], done.settled[-1].trace
    yield f"顾客说      {text}"
    yield f"一 听懂      意图 {trace.get('intent')}，把握 {trace.get('confidence')}"
    yield from _indented("候选", _candidates(trace))
    yield from _indented("槽位", _slots(trace))
    yield f"            情绪 {trace.get('sentiment')}，着急 {trace.get('urgency')}"
    yield f"二 决定      走 {trace.get('route')}：{last.reason}"
    yield "三 找答案    " + (_gathered(trace) or "不用找")
    yield f"四 说话      {_OUTCOMES[last.outcome]}"
    yield from _indented("话术", _scripts(trace))
    for speech in done.speeches:
        yield "            “" + "\n             ".join(_lines(speech)) + "”"
        yield from _indented("按钮", "、".join(option.label for option in speech.options))
    yield "五 记住      " + ("、".join(f"{one.tag}={one.value}（{one.confidence:.2f}）" for one in done.evidence) or "没有新的")
    if done.handover is not None:
        yield f"            转人工：{done.handover.reason}"
    yield f"内容版本    {trace.get('release')}"


def _indented(name: str, words: str) -> Iterator[str]:
    if words:
        yield f"            {name} {words}"


def _records(trace: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    found = trace.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []


def _candidates(trace: Mapping[str, object]) -> str:
    return "，".join(f"{one.get('intent')} {one.get('confidence')}" for one in _records(trace, "candidates"))


def _slots(trace: Mapping[str, object]) -> str:
    return "，".join(
        f"{'不要 ' if one.get('negated') else ''}{one.get('name')}={one.get('value')}" for one in _records(trace, "slots")
    )


def _scripts(trace: Mapping[str, object]) -> str:
    return "，".join(
        f"{one.get('id')}（缺这份话术）" if one.get("missing") else f"{one.get('id')} 第 {_number(one.get('variant')) + 1} 种"
        for one in _records(trace, "scripts")
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _gathered(trace: Mapping[str, object]) -> str:
    """Entries and products that were considered, and whatever else a handler noted."""
    parts = []
    entry = trace.get("entry")
    if isinstance(entry, Mapping):
        parts.append(f"知识 {entry.get('id')}（把握 {entry.get('confidence')}，版本 {entry.get('version')}）")
    if hits := _records(trace, "hits"):
        parts.append("候选 " + "，".join(f"{one.get('entry')} {one.get('score')}" for one in hits[:3]))
    if items := _records(trace, "items"):
        parts.append("商品 " + "，".join(f"{one.get('sku')}（{_joined(one.get('evidence'))}）" for one in items))
    for key, name in (("asked", "反问"), ("relaxed", "放宽了")):
        if trace.get(key):
            parts.append(f"{name} {_joined(trace[key])}")
    return "\n            ".join(parts)


def _joined(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
