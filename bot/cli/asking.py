"""``daogou ask``: what the knowledge base says to a question."""

from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Annotated

from pydantic import Field

from bot.cli import loading
from bot.cli.filters import Answer, CustomerFields, Filter, Request
from bot.content import gazetteer, library, warmer
from knowledge import Asker, Library


class Query(Request):
    """``{"id", "query", "channel"?, "at"?, "customer"?, "group"?}``."""

    query: Annotated[str, Field(strict=True)]
    channel: str | None = None
    group: bool = False
    customer: CustomerFields = CustomerFields()

    @property
    def asker(self) -> Asker:
        """Who asks."""
        known = self.customer
        tags = {name: frozenset(values) for name, values in known.tags.items()}
        return Asker(channel=self.channel, group=self.group, store=known.store, level=known.level, tags=tags)


def run_ask(args: Namespace) -> int:
    """Answer questions until the input ends."""
    told = loading.settings()
    workspace = loading.workspace(args, told)
    encoder, models, wait = loading.ready(told)
    names = gazetteer(workspace)
    base, warm, zone = library(workspace, encoder, models, names), warmer(encoder, names), workspace.brand.zone
    wait()

    def answer(query: Query) -> Answer:
        return answered(base, query, loading.now(), zone)

    return Filter(Query, answer, lambda batch: warm([one.query for one in batch])).run()


def answered(base: Library, query: Query, now: datetime, zone: tzinfo) -> Answer:
    """The output line, without its id: what is private is no answer in a group."""
    found = base.ask(query.query, query.asker, query.moment(now, zone))
    entry = found.entry
    more: Mapping[str, object] = {"private": True} if entry and entry.private else {}
    if entry is not None and query.group and entry.private:
        entry = None
    text = None if entry is None else (entry.short or entry.answer) if query.group else entry.answer
    return {
        "answer": text,
        "entry": entry.id if entry else None,
        **({"version": entry.version} if entry else {}),
        "confidence": round(found.confidence, 4),
        "hits": [{"entry": hit.entry, "score": round(hit.score, 4)} for hit in found.hits],
        "why": found.why,
        **more,
    }
