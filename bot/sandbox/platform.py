"""The simulated WeChat Customer Service as one object: the platform's API on one side, people on the other.

No network and no task of its own: every call happens at once, at the clock's time. The HTTP application
(`api.py`, `control.py`) and the callback pusher stand around it; a load driver may call it directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import orjson

from bot.sandbox import acts, contacts, customer_groups, lookups, sending, sessions, staff
from bot.sandbox.acts import Entrance
from bot.sandbox.body import Body, text
from bot.sandbox.clock import Clock, VirtualClock
from bot.sandbox.errors import ActRefusedError, PlatformError
from bot.sandbox.faults import Faults
from bot.sandbox.model import Bubble, Conversation, Shopper
from bot.sandbox.pulling import sync_msg
from bot.sandbox.setup import Setup
from bot.sandbox.world import Cry, Hear, Watch, World

Call = Callable[[World, Body], Mapping[str, object]]

CALLS: Final[Mapping[str, Call]] = {
    "kf/sync_msg": sync_msg,
    "kf/send_msg": sending.send_msg,
    "kf/send_msg_on_event": sending.send_msg_on_event,
    "kf/service_state/get": sessions.get_state,
    "kf/service_state/trans": sessions.trans_state,
    "kf/servicer/list": lookups.servicer_list,
    "getcallbackip": lookups.callback_ip,
    "kf/account/list": lookups.account_list,
    "kf/customer/batchget": lookups.batchget,
    "kf/add_contact_way": lookups.add_contact_way,
    "kf/customer/get_upgrade_service_config": lookups.upgrade_config,
    "kf/customer/upgrade_service": lookups.upgrade_service,
    "kf/customer/cancel_upgrade_service": lookups.cancel_upgrade,
    "externalcontact/get": contacts.get,
    "externalcontact/get_corp_tag_list": contacts.corp_tag_list,
    "externalcontact/mark_tag": contacts.mark_tag,
    "externalcontact/groupchat/get": customer_groups.get,
    "externalcontact/groupchat/list": customer_groups.listing,
    "ticket/get": staff.ticket,
    "message/send": staff.message_send,
}
"""Every API call with a JSON body (or, for GET, its query) below `/cgi-bin/`."""

_SENDS: Final = frozenset({"kf/send_msg", "kf/send_msg_on_event"})


class Platform:
    """One corp on the simulated platform; same setup and same calls give the same transcript."""

    def __init__(self, setup: Setup, clock: Clock, faults: Faults | None = None) -> None:
        """A platform where nobody has arrived yet."""
        self.setup = setup
        self.clock = clock
        self.world = World(setup, clock, faults or Faults())
        self._hearers: list[Hear] = []
        self._watchers: list[Watch] = []
        self._criers: list[Cry] = []

    # The platform's side

    def call(self, api: str, access_token: str, body: Body) -> bytes:
        """The JSON answer to an API call such as `kf/send_msg`; refusals are in it as `errcode`."""
        try:
            self.admit(api, access_token)
            answer = CALLS[api](self.world, body)
        except PlatformError as error:
            self.refused(api, error, body)
            return orjson.dumps({"errcode": error.code, "errmsg": error.message})
        self.called(api, 0)
        return orjson.dumps({"errcode": 0, "errmsg": "ok", **answer})

    def gettoken(self, query: Body) -> bytes:
        """The JSON answer to `gettoken`."""
        now = self.world.now()
        try:
            corpid, secret = (text(query, key, needed=False) for key in ("corpid", "corpsecret"))
            access = self.world.access.get(corpid, secret, now)
        except PlatformError as error:
            self.refused("gettoken", error, {})
            return orjson.dumps({"errcode": error.code, "errmsg": error.message})
        self.called("gettoken", 0)
        left = int(access.until - now)
        return orjson.dumps({"errcode": 0, "errmsg": "ok", "access_token": access.token, "expires_in": left})

    def robot(self, key: str, body: Body) -> bytes:
        """The JSON answer to a group robot's `webhook/send`, which needs no token."""
        try:
            answer = staff.webhook_send(self.world, key, body)
        except PlatformError as error:
            self.refused("webhook/send", error, {})
            return orjson.dumps({"errcode": error.code, "errmsg": error.message})
        self.called("webhook/send", 0)
        return orjson.dumps({"errcode": 0, "errmsg": "ok", **answer})

    def admit(self, api: str, access_token: str) -> None:
        """What every call passes first: token, frequency, mishaps; raises PlatformError."""
        world, faults = self.world, self.world.faults
        if world.dice.falls("token_expired", faults.token_expired):
            world.access.expire()
        world.access.check(access_token, world.now())
        world.meter.count(api, world.setup.rules.calls_per_minute, world.now())
        if world.dice.falls("freq", faults.freq):
            raise PlatformError(45009)
        if world.dice.falls("busy", faults.busy):
            raise PlatformError(-1)

    def refused(self, api: str, error: PlatformError, body: Body) -> None:
        """Note a refusal; a refused send twice, once with its addressee."""
        self.called(api, error.code)
        if api in _SENDS:
            detail = {"api": api, "code": error.code, "to": body.get("touser"), "msgid": body.get("msgid")}
            why = {"why": error.message}
            self.world.ledger.write("rejected", self.world.now(), {**detail, **why}, str(error.code))

    def called(self, api: str, code: int) -> None:
        """Note a call and its errcode."""
        self.world.ledger.write("call", self.world.now(), {"api": api, "code": code}, f"{api}.{code}")

    # The shoppers' side

    def arrive(self, nickname: str = "", gender: int = 0, *, refuses: bool = False) -> Shopper:
        """A new WeChat user; one who `refuses` makes accepted messages fail afterwards."""
        return acts.arrive(self.world, nickname, gender, refuses=refuses)

    def enter(self, who: str, open_kfid: str = "", entrance: Entrance | None = None) -> str:
        """Open the conversation; the welcome code that went out with the event, or empty."""
        account = self.world.account(open_kfid)
        return acts.enter(self.world, account, self.conversation(who, open_kfid), entrance or Entrance())

    def say(self, who: str, words: str, open_kfid: str = "") -> str:
        """Write a text; its msgid."""
        return self.send(who, "text", {"content": words}, open_kfid)

    def send(self, who: str, msgtype: str, content: Body, open_kfid: str = "") -> str:
        """Send anything; its msgid. An empty content becomes a sample of that type."""
        return acts.send(self.world, self.conversation(who, open_kfid), msgtype, content)

    def tap(self, who: str, msgid: str, item_id: str, open_kfid: str = "") -> str:
        """Tap an item of a received menu; the msgid of the text that it sends."""
        return acts.tap(self.world, self.conversation(who, open_kfid), msgid, item_id)

    def recall(self, who: str, msgid: str, open_kfid: str = "") -> None:
        """Take an own message back."""
        acts.recall(self.world, self.conversation(who, open_kfid), msgid)

    # The staff's side

    def take(self, userid: str, who: str, open_kfid: str = "") -> None:
        """Take a conversation from the pool."""
        sessions.take(self.world, self.world.account(open_kfid), userid, self.conversation(who, open_kfid))

    def reply(self, userid: str, who: str, words: str, open_kfid: str = "") -> str:
        """Write in the WeCom client; the msgid."""
        account = self.world.account(open_kfid)
        return sessions.reply(self.world, account, userid, self.conversation(who, open_kfid), words)

    def transfer(self, userid: str, who: str, to: str, open_kfid: str = "") -> None:
        """Hand a conversation to another servicer."""
        account = self.world.account(open_kfid)
        sessions.transfer(self.world, account, userid, self.conversation(who, open_kfid), to)

    def end(self, userid: str, who: str, open_kfid: str = "") -> None:
        """End a conversation."""
        sessions.end(self.world, userid, self.conversation(who, open_kfid))

    def servicer_recall(self, who: str, msgid: str, open_kfid: str = "") -> None:
        """A servicer takes a message back."""
        acts.recall(self.world, self.conversation(who, open_kfid), msgid, by="servicer")

    def set_serving(self, userid: str, *, serving: bool, stop_type: int = 0, open_kfid: str = "") -> None:
        """A servicer starts or stops serving."""
        account = self.world.account(open_kfid)
        sessions.set_serving(self.world, account, userid, serving=serving, stop_type=stop_type)

    def set_reject(self, userid: str, who: str, *, on: bool, open_kfid: str = "") -> None:
        """A servicer switches a customer's messages off or on."""
        account = self.world.account(open_kfid)
        sessions.set_reject(self.world, account, userid, self.conversation(who, open_kfid), on=on)

    # The enterprise's side (客户联系)

    def grant_contacts(self, *, on: bool = True) -> None:
        """The app may, or may not, call the external-contact APIs (48002); a console does not allow it unasked."""
        self.world.contacts.granted = on

    def corp_tags(self, group: str, *names: str) -> Mapping[str, str]:
        """Declare tags of the enterprise in the console; name → id, the same for a tag that is there already."""
        return self.world.contacts.declare(self.world, group, names)

    def befriend(self, userid: str, who: str) -> None:
        """A member of staff has the shopper as a contact from now on."""
        self.world.contacts.befriend(self.world, userid, self.world.shopper(who))

    def part(self, userid: str, who: str, *, by_shopper: bool = False) -> None:
        """A member of staff removes the contact, or the shopper removes the member."""
        self.world.contacts.part(self.world, userid, self.world.shopper(who), by_shopper=by_shopper)

    def join_group(self, chat: str, *who: str, state: str = "") -> None:
        """Shoppers come into a customer group together, by a code or invited; the first ones make it."""
        shoppers = [self.world.shopper(one) for one in who]
        self.world.customer_groups.join(self.world, chat, shoppers, state)

    def change_group(self, chat: str, act: str, what: str = "") -> None:
        """``act``: make (``what``: owner), rename, give (owner), leave or remove (shopper), dismiss."""
        book = self.world.customer_groups
        match act:
            case "make":
                book.make(self.world, chat, what)
            case "rename":
                book.rename(self.world, chat, what)
            case "give":
                book.give(self.world, chat, what)
            case "leave" | "remove":
                book.leave(self.world, chat, [what], removed=act == "remove")
            case "dismiss":
                book.dismiss(self.world, chat)
            case _:
                raise ActRefusedError(f"客户群没有这个动作：{act}")

    def tag(self, userid: str, who: str, group: str, name: str, *, on: bool = True) -> None:
        """A member of staff puts a tag of the enterprise on their contact, or takes it off."""
        self.world.contacts.by_hand(self.world, (userid, self.world.shopper(who).external_userid), (group, name), on=on)

    def tags_of(self, who: str) -> Mapping[str, list[str]]:
        """Member of staff → `group/name` of the tags on their relation with the shopper."""
        return self.world.contacts.tags_of(who)

    # Whoever holds the strings

    def conversation(self, who: str, open_kfid: str = "") -> Conversation:
        """The conversation of a shopper at an account (the first one if not named)."""
        return self.world.conversation(self.world.account(open_kfid), self.world.shopper(who))

    def advance(self, seconds: float) -> None:
        """Let virtual time pass; refused on the machine's own time."""
        if not isinstance(self.clock, VirtualClock):
            raise ActRefusedError("真实时间不能拨快；用 --clock virtual 启动才可以")
        self.clock.advance(seconds)

    def put_faults(self, faults: Faults) -> None:
        """Switch faults on and off."""
        self.world.faults = faults
        self.world.ledger.write("fault", self.world.now(), {"faults": faults.to_json()})

    def reset(self, seed: int | None = None) -> None:
        """Forget everything and start again, with another seed if one is given; listeners stay.

        Virtual time and the ledger's numbers start again too: the same calls give the same transcript.
        """
        if isinstance(self.clock, VirtualClock):
            self.clock.restart()
        self.setup = self.setup if seed is None else replace(self.setup, seed=seed)
        ledger = self.world.ledger
        self.world = World(self.setup, self.clock, self.world.faults)
        self.world.ledger.adopt(ledger)
        self.world.hearers, self.world.watchers, self.world.criers = self._hearers, self._watchers, self._criers
        self.world.ledger.write("reset", self.world.now(), {"seed": self.setup.seed})

    def on_news(self, hear: Hear) -> None:
        """Be called with the open_kfid whenever the stream has something new."""
        self._hearers.append(hear)
        self.world.hearers = self._hearers

    def on_event(self, cry: Cry) -> None:
        """Be called with every event that travels in a callback of its own."""
        self._criers.append(cry)
        self.world.criers = self._criers

    def on_bubble(self, watch: Callable[[Conversation, Bubble], None]) -> Callable[[], None]:
        """Be called with whatever a shopper sees, also a message taken back; the answer stops it."""
        self._watchers.append(watch)
        self.world.watchers = self._watchers
        return lambda: self._watchers.remove(watch)
