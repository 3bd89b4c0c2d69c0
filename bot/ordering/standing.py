"""How far each campaign was read, kept in the process and never only there: what is missing is read again from PostgreSQL.

A standing is a function of the campaign, the words, the edits and the names, all of which are rows; so it may be dropped at any
moment, and two processes come to the same.
"""

import copy
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import campaigns
from bot.db.campaigns_rows import Campaign, Edit, Marks, Words
from bot.ordering.menu import articles, goods_of
from bot.ordering.people import People, Person
from intents.orders import Ledger, OrderReader, Said

_MOST = 200
"""Campaigns that one process keeps at hand; each takes as much memory as its messages."""
_GUIDE = "导购"


@dataclass(slots=True)
class Standing:
    """A campaign as far as it was read."""

    frame: object
    reader: OrderReader
    people: People
    marks: Marks
    inbox: int = 0
    order: dict[str, int] = field(default_factory=dict)
    """Message or edit → its place."""
    late: list[str] = field(default_factory=list)
    """Who ordered after the end."""
    after: OrderReader | None = None
    """What the order would be if the words after its end counted."""

    def ledger(self) -> Ledger:
        """The order as it stands."""
        return self.reader.ledger()


class Ledgers:
    """The standings that this process has at hand, the longest unused dropped first."""

    def __init__(self, most: int = _MOST) -> None:
        self._kept: OrderedDict[int, Standing] = OrderedDict()
        self._most = most

    def forget(self, campaign: int) -> None:
        """After a failed transaction nothing is known for sure."""
        self._kept.pop(campaign, None)

    async def read_on(self, connection: AsyncConnection, campaign: Campaign, marks: Marks) -> Standing:
        """Read a campaign, whose row is locked, up to ``marks``."""
        members = await members_of(connection, campaign.conversation)
        people = People(members, campaign.called)
        standing = self._kept.pop(campaign.id, None)
        if standing is None or not _goes_on(standing, campaign, marks, people):
            standing = _anew(campaign, people)
        standing.people = People(members, {**campaign.called, **standing.people.called})
        words = await campaigns.words(connection, campaign, max(standing.marks.message, campaign.start), marks.message)
        edits = await campaigns.edits(connection, campaign.id, standing.marks.edit, marks.edit)
        _read(standing, campaign, words, edits)
        standing.marks = marks
        self._kept[campaign.id] = standing
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return standing


async def members_of(connection: AsyncConnection, conversation: str) -> Mapping[str, Person]:
    """The people of a group by id."""
    return {one[0]: Person(*one) for one in await campaigns.members(connection, conversation)}


def _goes_on(standing: Standing, campaign: Campaign, marks: Marks, people: People) -> bool:
    """Whether what was read holds: same menu and end, nothing of it taken back, nobody named in it whom we know only now."""
    if standing.frame != _frame(campaign):
        return False
    if marks.recalled != standing.marks.recalled:
        return False
    fresh = {*people.others(), *(name for name, _ in people.renamed())}
    if any(standing.reader.named(name) for name in fresh):
        return False
    _introduce(standing.reader, people)
    return True


def _frame(campaign: Campaign) -> object:
    """What a reading depends on besides words and edits."""
    return (goods_of(campaign.menu), campaign.end, campaign.start)


def _anew(campaign: Campaign, people: People) -> Standing:
    reader = OrderReader(articles(goods_of(campaign.menu)))
    _introduce(reader, people)
    return Standing(_frame(campaign), reader, people, Marks(campaign.start, 0, 0), campaign.after_inbox)


def _introduce(reader: OrderReader, people: People) -> None:
    reader.knows(people.called.values())
    reader.knows(people.others())
    for name, known in people.renamed():
        reader.also(name, known)


def _read(standing: Standing, campaign: Campaign, words: Sequence[Words], edits: Sequence[Edit]) -> None:
    end = campaign.end
    for one in _in_place(standing, words, edits):
        source = f"edit:{one.id}" if isinstance(one, Edit) else str(one.id)
        standing.order[source] = len(standing.order)
        if isinstance(one, Edit):
            standing.people = standing.people.meet(one.sender)
            if not standing.reader.sells(one.sku):
                continue
            standing.reader.edit(standing.people.read_as(one.sender), one.sku, one.n, one.note or None, source)
        elif not one.recalled and (end is None or one.at <= end):
            standing.reader.read(_said(standing, one))
        elif not one.recalled and one.author == "shopper":
            _hear_late(standing, one)


def _in_place(standing: Standing, words: Sequence[Words], edits: Sequence[Edit]) -> Iterator[Words | Edit]:
    """Words and edits as they came: an edit behind the inbox row that its guide had seen."""
    waiting = list(edits)
    for one in words:
        while waiting and one.inbox is not None and waiting[0].after_inbox < one.inbox:
            yield waiting.pop(0)
        standing.inbox = max(standing.inbox, one.inbox or 0)
        yield one
    yield from waiting


def _said(standing: Standing, one: Words) -> Said:
    quoted = None if one.quoted is None else str(one.quoted)
    text = one.text
    if one.quote and (quoted is None or quoted not in standing.order):
        text = f"「{one.quote}」\n- - - - - -\n{text}"  # what stood before the campaign is known by its words alone
    if one.author != "shopper":
        return Said(str(one.id), _GUIDE, text, one.at, quoted)
    standing.people = standing.people.meet(one.sender)
    return Said(str(one.id), standing.people.read_as(one.sender), text, one.at, quoted)


def _hear_late(standing: Standing, one: Words) -> None:
    """Whether somebody wants to change the order after its end."""
    if standing.after is None:
        standing.after = copy.deepcopy(standing.reader)
    before = standing.after.ledger()
    said = _said(standing, one)
    standing.after.read(said)
    after = standing.after.ledger()
    if _taken(before) != _taken(after) or any(doubt.message == said.id for doubt in after.unresolved):
        standing.late.append(one.sender)


def _taken(ledger: Ledger) -> Iterable[object]:
    return {(line.sender, line.sku): line.n for line in ledger.lines}
