"""Real input: what customers really wrote, through the sandbox, and where each message ended. Nothing of the texts is kept."""

import asyncio
import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bench import truth
from bot.bench.arena import Arena, Plan, arena
from bot.bench.figures_of import Waits, ms
from bot.bench.notebook import Notebook
from bot.bench.verdict import KF, Verdict, judge
from bot.sandbox.crowd import InProcess, Line, crowd

_SEARCHES = 2000
_PATIENCE = 3.0
"""Seconds after which a customer writes on without a reply."""
_SETTLE = 120.0
_ENDS = text("select outcome, reason, trace -> 'scripts' -> 0 ->> 'id' as script from inbox")

_ASKED = ("ask_", "clarify", "answer_choice", "order_which")
_RECOMMENDED = ("suggest", "compare")
_UNKNOWN = ("no_answer", "out_of_scope", "suggest_none")
_KNOWN = ("answer",)
_FACTS = ("price", "stock", "product_fact", "ingredients", "suitable", "not_suitable", "order_link", "what_i_know")


@dataclass(frozen=True, slots=True)
class Report:
    """Where real messages ended."""

    messages: int
    ends: Mapping[str, int]
    silent: Mapping[str, int]
    """Silent, by reason."""
    handed_over: Mapping[str, int]
    failed: Mapping[str, int]
    waits: Waits
    """Accepted → handed to the platform, in seconds, debounce switched off."""
    seconds: float
    """From the first message accepted to the last one settled."""
    verdict: Verdict

    @property
    def ok(self) -> bool:
        """Nothing failed and nothing broke."""
        return self.verdict.ok and not self.failed

    def json(self) -> str:
        """One JSON document."""
        told = asdict(self) | {"verdict": {name: len(found) for name, found in self.verdict.violations.items()}, "ok": self.ok}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()

    def table(self) -> str:
        """For people."""
        rate = self.messages / self.seconds if self.seconds else 0.0
        lines = [
            f"{self.messages} real messages in {self.seconds:.0f} s ({rate:.0f}/s)",
            "",
            "| ended as | n | share |",
            "|---|---:|---:|",
        ]
        lines += [f"| {name} | {n} | {n / self.messages:.1%} |" for name, n in Counter(self.ends).most_common()]
        for head, found in (
            ("silent, because", self.silent),
            ("handed over, because", self.handed_over),
            ("failed, because", self.failed),
        ):
            if found:
                lines += ["", f"| {head} | n |", "|---|---:|", *(f"| {why} | {n} |" for why, n in Counter(found).most_common())]
        ranks = ", ".join(f"{name} {ms(getattr(self.waits, name))} ms" for name in ("p50", "p95", "p99", "worst"))
        lines += ["", f"accepted → handed to the platform: {ranks}"]
        return "\n".join([*lines, "", *self.verdict.lines(), "HOLDS" if self.ok else "BROKEN"])


async def run(data: Path, limit: int | None, rate: float, say: Callable[[str], None]) -> Report:
    """Send everything, wait until it is settled, and count."""
    lines = list(_lines(data, limit, rate))
    say(f"{len(lines)} messages of {len({line.customer for line in lines})} customers, {rate:g} of whom begin in a second")
    async with arena(Plan(debounce=0.0)) as system:
        notebook = Notebook()
        notebook.attach(system.sandbox.platform)
        await crowd(InProcess(system.sandbox.platform), lines, patience=_PATIENCE)
        await settled(system, len(notebook.said), _SETTLE)
        found = await truth.read(system.engine)
        return _report(found, judge(notebook, found), await _ends(system.engine))


async def settled(system: Arena, said: int, patience: float) -> bool:
    """Wait until everything that was said is accepted, settled and sent; whether that happened in time."""

    async def looking() -> None:
        while await truth.accepted(system.engine, KF) < said or await truth.under_way(system.engine):  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    try:
        async with asyncio.timeout(patience):
            await looking()
    except TimeoutError:
        return False
    return True


def _lines(data: Path, limit: int | None, rate: float) -> Iterator[Line]:
    """Dialogues and search lines, one customer each, beginning one after the other."""
    talks = real_talks(data, limit)
    random.Random(7).shuffle(talks)  # noqa: S311  (both kinds are under way at the same time, the same in every run)
    for customer, turns in enumerate(talks):
        for words in turns:
            yield Line(customer, words, customer / rate)


def real_talks(data: Path, limit: int | None = None) -> list[Sequence[str]]:
    """What customers wrote in each dialogue, and lines of a search log, each a talk of its own."""
    return [
        *_dialogues(data / "helpdesk" / "dialogues.jsonl", limit),
        *_searches(data / "queries" / "taobao_queries.tsv", limit),
    ]


def _dialogues(path: Path, limit: int | None) -> Sequence[Sequence[str]]:
    with path.open("rb") as file:
        found = [orjson.loads(line) for line in file][:limit]
    talks = [[turn["text"] for turn in one["turns"] if turn["sender"] == "customer" and turn["text"].strip()] for one in found]
    return [talk for talk in talks if talk]


def _searches(path: Path, limit: int | None) -> Sequence[Sequence[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        found = [row[-1] for row, _ in zip(rows, range(min(limit or _SEARCHES, _SEARCHES)), strict=False)]
    return [[words] for words in found if words.strip()]


async def _ends(engine: AsyncEngine) -> Sequence[tuple[str, str, str]]:
    async with engine.connect() as connection:
        rows = await connection.execute(_ENDS)
        return [(row.outcome or "", row.reason or "", row.script or "") for row in rows]


def _kind(outcome: str, script: str) -> str:
    """How a message ended, in the words of the shop; by the first script that was said."""
    if outcome != "answered":
        return outcome.replace("_", " ")
    kinds = (
        ("asked back", _ASKED),
        ("said honestly that we do not know it or do not have it", _UNKNOWN),
        ("recommended or compared", _RECOMMENDED),
        ("answered from the knowledge base", _KNOWN),
        ("answered with a live fact", _FACTS),
    )
    return next((name for name, begins in kinds if script.startswith(begins)), "talk (greeting, thanks, feelings)")


def _report(found: truth.Truth, verdict: Verdict, ends: Sequence[tuple[str, str, str]]) -> Report:
    received = {one.id: one.received for one in found.heard}
    first: dict[int, float] = {}
    for one in found.spoken:
        if one.sent is not None and one.state == "sent":
            for inbox_id in one.answers:
                first[inbox_id] = min(one.sent, first.get(inbox_id, one.sent))
    done = [one.settled for one in found.heard if one.settled is not None]

    def reasons(outcome: str) -> Mapping[str, int]:
        return Counter(reason for ended, reason, _ in ends if ended == outcome)

    return Report(
        messages=len(found.heard),
        ends=Counter(_kind(outcome, script) for outcome, _, script in ends),
        silent=reasons("silent"),
        handed_over=reasons("handed_over"),
        failed=reasons("failed"),
        waits=Waits.of([at - received[inbox_id] for inbox_id, at in first.items()]),
        seconds=max(done, default=0.0) - min(received.values(), default=0.0),
        verdict=verdict,
    )
