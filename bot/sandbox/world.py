"""Everything the simulated platform remembers, and the few things that everybody does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.sandbox.body import Body, text
from bot.sandbox.clock import Clock
from bot.sandbox.contact_book import ContactBook
from bot.sandbox.customer_groups import CustomerGroups
from bot.sandbox.errors import ActRefusedError, PlatformError
from bot.sandbox.faults import Dice, Faults
from bot.sandbox.ids import Ids
from bot.sandbox.ledger import Ledger
from bot.sandbox.media import Cupboard
from bot.sandbox.model import Account, Bubble, Conversation, Servicer, Shopper
from bot.sandbox.setup import KfSetup, Setup
from bot.sandbox.staff import StaffRoom
from bot.sandbox.stream import Stream
from bot.sandbox.tokens import AccessTokens, Meter, NewsTokens

Hear = Callable[[str], None]
Cry = Callable[[Mapping[str, object]], None]
Watch = Callable[[Conversation, Bubble], None]

CODES_KEPT: Final = 20_000
"""From this number on, codes that ran out are swept now and then."""


@dataclass(frozen=True, slots=True)
class Code:
    """A welcome code or msg_code: one message outside the quota."""

    conversation: Conversation
    until: float
    version: int | None
    """The conversation's version while the code is good; None for a welcome."""
    types: frozenset[str]


class World:
    """The state of one simulated platform; single-threaded, changed by the functions beside it."""

    def __init__(self, setup: Setup, clock: Clock, faults: Faults) -> None:
        """A platform with its accounts and nobody in it yet."""
        ids = Ids(setup.seed)
        self.setup = setup
        self.clock = clock
        self.faults = faults
        self.ids = ids
        self.dice = Dice(setup.seed)
        self.ledger = Ledger(setup.rules.ledger_entries)
        self.stream = Stream(ids.digest("cursor", 32))
        self.access = AccessTokens(setup.corp, ids)
        self.news = NewsTokens(ids)
        self.meter = Meter()
        self.media = Cupboard(ids)
        self.contacts = ContactBook()
        self.customer_groups = CustomerGroups()
        self.staff = StaffRoom()
        self.accounts = {kf.open_kfid: _account(kf) for kf in setup.accounts}
        self.shoppers: dict[str, Shopper] = {}
        self.conversations: dict[tuple[str, str], Conversation] = {}
        self.msgids: dict[str, set[str]] = {kf: set() for kf in self.accounts}
        self.codes: dict[str, Code] = {}
        self.empty_pages = 0
        self._sweep_at = CODES_KEPT
        self.hearers: list[Hear] = []
        self.watchers: list[Watch] = []
        self.criers: list[Cry] = []

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now()

    def account(self, open_kfid: str) -> Account:
        """An account named by a person; the first one for an empty name."""
        name = open_kfid or next(iter(self.accounts))
        if name not in self.accounts:
            raise ActRefusedError(f"没有客服账号 {name}")
        return self.accounts[name]

    def shopper(self, external_userid: str) -> Shopper:
        """A shopper named by a person."""
        if external_userid not in self.shoppers:
            raise ActRefusedError(f"没有顾客 {external_userid}")
        return self.shoppers[external_userid]

    def account_of(self, body: Body) -> Account:
        """The account of an API call; 95000 if unknown, 95004 if not granted to the app."""
        account = self.accounts.get(text(body, "open_kfid"))
        if account is None:
            raise PlatformError(95000)
        if not account.granted:
            raise PlatformError(95004)
        return account

    def conversation_of(self, body: Body, key: str) -> Conversation:
        """The conversation of an API call that names its customer in `key`; 40003 for a stranger."""
        account = self.account_of(body)
        shopper = self.shoppers.get(text(body, key))
        if shopper is None:
            raise PlatformError(40003, key)
        return self.conversation(account, shopper)

    def conversation(self, account: Account, shopper: Shopper) -> Conversation:
        """The conversation of a shopper at an account, begun if there was none."""
        key = (account.open_kfid, shopper.external_userid)
        found = self.conversations.get(key)
        if found is None:
            found = self.conversations[key] = Conversation(*key)
        return found

    def publish(self, open_kfid: str, item: Mapping[str, object]) -> None:
        """Put an item into the stream and tell who listens that there is news."""
        self.stream.append(open_kfid, item, self.now())
        for hear in self.hearers:
            hear(open_kfid)

    def event(self, open_kfid: str, event_type: str, fields: Mapping[str, object]) -> None:
        """Put an event into the stream."""
        now = self.now()
        event = {"event_type": event_type, "open_kfid": open_kfid, **fields}
        msgid = self.ids.make("item")
        self.ledger.write("event", now, event, event_type)
        self.publish(
            open_kfid,
            {"msgid": msgid, "send_time": int(now), "origin": 4, "msgtype": "event", "event": event},
        )

    def callback(self, event: str, fields: Mapping[str, object]) -> None:
        """An event of the enterprise that travels in a callback of its own, not in a message stream."""
        now = self.now()
        told = {"CreateTime": str(int(now)), "MsgType": "event", "Event": event, **fields}
        self.ledger.write("event", now, told, f"{event}.{fields.get('ChangeType', '')}")
        for cry in self.criers:
            cry(told)

    def show(self, conversation: Conversation, by: str, msgid: str, message: tuple[str, Body]) -> Bubble:
        """Let the shopper see a message and tell who watches."""
        bubble = conversation.show(by, msgid, *message, self.now())
        for watch in self.watchers:
            watch(conversation, bubble)
        return bubble

    def give_code(self, kind: str, code: Code) -> str:
        """A fresh code; `kind` only names its series."""
        now = self.now()
        if len(self.codes) >= self._sweep_at:
            self.codes = {name: kept for name, kept in self.codes.items() if kept.until >= now}
            self._sweep_at = max(CODES_KEPT, 2 * len(self.codes))
        name = self.ids.make(kind, 40)
        self.codes[name] = code
        return name


def _account(kf: KfSetup) -> Account:
    servicers = {userid: Servicer(userid) for userid in kf.servicers}
    return Account(kf.open_kfid, kf.name, kf.granted, kf.native_welcome, servicers)
