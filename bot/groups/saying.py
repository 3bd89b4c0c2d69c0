"""What the assistant says in a group by itself, and to whom. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.db.gathered import Member
from bot.handlers.attaching import Attached, Whom, attached
from bot.handlers.listening import placed
from bot.model import Conversation, Mention, Speech
from bot.services import Services
from scripts import Listener

_NAMED = 8
"""People named in one message; more would be a list of names with an answer at its end."""


def named(speech: Speech, members: Iterable[Member]) -> Speech:
    """The speech said to these people: named by @, but for whoever does not want that. Taps belong to one, so there are none."""
    people = [one for one in members if not one.hushed][:_NAMED]
    head = "".join(f"@{one.name} " for one in people)
    return replace(speech, text=head + speech.text, mentions=tuple(Mention(one.id, one.name) for one in people), options=())


def line(
    script: str, where: Conversation, services: Services, seed: str, facts: Mapping[str, str] | None = None
) -> Speech | None:
    """A line in the brand's words; None where ops took all its wordings out."""
    persona = services.brand.persona
    known = {"人设名": persona.name, "自称": persona.self_name, "品牌名": services.brand.name, **(facts or {})}
    store = where.customer.store
    listener = placed(Listener(where.channel, None, store), services, where.last_inbound_at)
    reply = services.book.render(script, known, listener, seed)
    if reply is None:
        return None
    more = attached(reply.attachments, Whom(listener.moment, store), services) if listener.moment else Attached()
    trace = {"route": "group", "script": reply.source | more.source, "release": services.release[:12]}
    return Speech(reply.text, cards=more.cards, trace=trace)
