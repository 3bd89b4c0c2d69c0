"""A talk in memory, through the very same turn: for the terminal, for explaining one message, for ops' dialogues.

No database and no queue: what a commit would keep is kept here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot import ownership
from bot.db.gathered import Gathered, Member
from bot.db.turns import Done, Waiting
from bot.groups import take_turn
from bot.model import Conversation, ConversationId, Customer, InboundMessage, Session
from bot.ownership import floor_of
from bot.routing import Duty
from bot.services import Services


class Rehearsal:
    """One conversation; time passes only when told."""

    def __init__(
        self,
        services: Services,
        channel: str = "web",
        customer: Customer | None = None,
        *,
        group: bool = False,
        duty: Duty | None = None,
    ) -> None:
        self._services = services
        self._touched: datetime | None = None
        self.duty = duty or Duty()
        self.session = Session()
        self.conversation = Conversation(
            id=ConversationId("rehearsal"),
            channel=channel,
            account="",
            peer="",
            external="rehearsal",
            customer=customer or Customer("rehearsal"),
            group=group,
        )
        self._count = 0
        self._held: tuple[InboundMessage, ...] = ()
        self.due: datetime | None = None
        """When a group's held answer is due; None: nothing is held."""

    def say(self, text: str, at: datetime, *, sender: str | None = None, option: str | None = None, at_bot: bool = False) -> Done:
        """What comes of a message sent at ``at`` (with zone)."""
        self._count += 1
        payload: Mapping[str, object] = {k: v for k, v in {"option": option, "at_bot": at_bot}.items() if v}
        message = InboundMessage(
            id=self._count,
            conversation=self.conversation.id,
            kind="text",
            text=text,
            payload=payload,
            sent_at=at,
            received_at=at,
            platform_id=f"rehearsal-{self._count}",
            sender=sender,
        )
        self.conversation = replace(self.conversation, last_inbound_at=at)
        return self._hear((*self._held, message), at)

    def wait(self) -> Done | None:
        """What comes when a group's held answer is due; None where nothing is held."""
        return self._hear(self._held, self.due) if self._held and self.due is not None else None

    def _hear(self, messages: tuple[InboundMessage, ...], at: datetime) -> Done:
        names = {one.sender: Member(one.sender, one.sender) for one in messages if one.sender}
        gathered = Gathered(members=names) if self.conversation.group else None
        heard = Waiting(self.conversation, self.session, messages, self._touched, gathered)
        done = take_turn(heard, self._services, at + timedelta(milliseconds=1), self.duty)
        self.due = done.aside.wake if done.aside else None
        held = {one for one, _ in done.aside.held} if done.aside else set()
        self._held = tuple(one for one in messages if one.id in held)
        self._keep(done, at)
        return done

    def claim(self, guide: str, at: datetime) -> None:
        """A guide takes the conversation."""
        self._hold(ownership.claimed(floor_of(self.conversation), guide, at))

    def hand_back(self, at: datetime) -> None:
        """The guide gives it back: a new episode, which only knows what the shopper last wished a person for."""
        if self.conversation.owner == "human":
            before = self.session
            self.session = replace(before.afresh(), version=before.version + 1, trail=_last(before))
        self._hold(ownership.handed_back(floor_of(self.conversation), at))

    def _keep(self, done: Done, at: datetime) -> None:
        self.session, self._touched = replace(done.session, version=done.session.version + 1), at
        customer = self.conversation.customer
        if done.erase:
            customer = Customer(customer.id)
        evidence, met = customer.evidence, bool(customer.met or done.speeches)
        known = replace(customer, evidence=(*evidence, *done.evidence), met=met)
        self.conversation = replace(self.conversation, customer=known)
        if done.handover is not None:
            self._hold(ownership.asked_for_person(floor_of(self.conversation), at))

    def _hold(self, floor: ownership.Floor) -> None:
        self.conversation = replace(
            self.conversation, owner=floor.owner, epoch=floor.epoch, guide=floor.guide, owner_since=floor.since
        )


def _last(session: Session) -> Mapping[str, object]:
    return {key: value for key, value in session.trail.items() if key == "wish"}
