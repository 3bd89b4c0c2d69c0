"""What is said of a campaign when: each line in the brand's words, with a seed that makes it once. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db.campaigns_rows import Campaign, Doubt
from bot.handlers.listening import placed
from bot.model import Mention, Speech
from bot.ordering import telling
from bot.ordering.people import Person
from bot.ordering.telling import Sheet
from bot.ordering.timing import Due
from bot.services import Services
from scripts import Listener

Line = tuple[str, Speech]
"""Seed and words."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A campaign's ledger, the people of its group, and the words of its brand."""

    sheet: Sheet
    members: Mapping[str, Person]
    services: Services
    now: datetime

    @property
    def _campaign(self) -> Campaign:
        return self.sheet.campaign

    def asked_for(self, found: Due) -> list[Line]:
        """Answers to what people ordered: confirmations and questions."""
        rows = telling.parts(telling.fresh_lines(self.sheet, found.confirm))
        lines = [(f"confirm:{part}", self._say("order_confirmed", {"新记": text})) for part, text in enumerate(rows)]
        if found.ask and not found.remind:
            lines += self._questions(found.ask, "order_asks")
        return self._made(lines)

    def pushed(self, found: Due) -> list[Line]:
        """What nobody asked for: the beginning, the reminder, the end, a word to whoever came late."""
        lines: list[tuple[str, Speech | None]] = []
        if found.announce:
            lines.append(("opened", self._say("order_opened", {"菜单": "\n".join(telling.menu(self.sheet))})))
        if found.remind:
            lines += self._questions(found.ask, "order_reminder")
        if found.list_all:
            rows = telling.parts(telling.whole_list(self.sheet))
            scripts = ["order_closed", *["order_closed_more"] * len(rows)]
            lines += [(f"closed:{part}", self._say(scripts[part], {"清单": text})) for part, text in enumerate(rows)]
            lines += [] if rows else [("closed", self._say("order_closed_empty", {}))]
        if found.late:
            lines.append((f"late:{'/'.join(found.late)}", self._named(self._say("order_late", {}), found.late)))
        return [(seed, self._unasked(speech, counted=seed.startswith("opened"))) for seed, speech in self._made(lines)]

    def _unasked(self, speech: Speech, *, counted: bool) -> Speech:
        """A pushed one; what belongs to an order that runs counts for no cap, only its announcement does."""
        brand = self.services.brand
        most = brand.groups.sparing(brand.timezone) if counted else None
        return replace(speech, pushed=True, service=not counted, at_most=most)

    def _questions(self, doubts: Sequence[Doubt], script: str) -> list[tuple[str, Speech | None]]:
        """All open questions in one message, each person named; what is too long goes on in the next one."""
        people = list(dict.fromkeys(one.sender for one in doubts))
        rows = {sender: telling.questions(one for one in doubts if one.sender == sender)[0] for sender in people}
        found: list[tuple[str, Speech | None]] = []
        for part, text in enumerate(telling.parts(rows.values()) or [""]):
            script = script if part == 0 else "order_asks"
            lead = "还要跟这几位确认一下：\n" if script == "order_reminder" else ""
            speech = self._say(script, {"待确认": f"{lead}{text}" if text else ""})
            named = [sender for sender in people if text and rows[sender] in text]
            found.append((f"{script}:{part}", self._named(speech, named)))
        return found

    def _named(self, speech: Speech | None, senders: Iterable[str]) -> Speech | None:
        """The speech said to these people by @: not to whoever wants none, nor to whoever is known by a name alone."""
        known = [self.members[one] for one in senders if one in self.members]
        people = tuple(Mention(one.id, one.name) for one in known if not one.hushed)
        head = "".join(f"@{one.name} " for one in people)
        return speech and replace(speech, text=head + speech.text, mentions=people)

    def _made(self, lines: Iterable[tuple[str, Speech | None]]) -> list[Line]:
        """Those that ops' files have words for; the same moment of a campaign says each but once."""
        mark = f"{self._campaign.version}:{self.now.timestamp():.0f}"
        return [(f"{seed}:{mark}", speech) for seed, speech in lines if speech is not None]

    def _say(self, script: str, more: Mapping[str, str]) -> Speech | None:
        facts = {**self._always(), **{name: told for name, told in more.items() if told}}
        campaign = self._campaign
        listener = placed(Listener(campaign.channel), self.services, self.now)
        reply = self.services.book.render(script, facts, listener, f"{campaign.id}:{campaign.version}")
        if reply is None:
            return None
        trace = {"route": "orders", "script": reply.source, "release": self.services.release[:12], "campaign": campaign.id}
        return Speech(reply.text.strip(), trace=trace)

    def _always(self) -> dict[str, str]:
        """Facts that every line of a campaign may use; what there is not is left out."""
        campaign, persona = self._campaign, self.services.brand.persona
        here, end = self.now.astimezone(self.services.zone), campaign.deadline
        sums, standing = telling.totals(self.sheet), telling.standing(self.sheet)
        told = {
            "标题": campaign.title,
            "合计": sums,
            "成团": standing,
            "截单时间": telling.clock(end.astimezone(self.services.zone), here) if end else "",
            "还剩": telling.left(end, self.now) if end else "",
            "人设名": persona.name,
            "自称": persona.self_name,
            "品牌名": self.services.brand.name,
        }
        return {name: words for name, words in told.items() if words}
