"""The values that travel through the hall: what was said, what we answer, and what we remember."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NewType, TypeAlias

ConversationId = NewType("ConversationId", str)
JsonMap: TypeAlias = Mapping[str, object]
"""A JSON object whose inside is somebody else's business: a platform's payload, a trace."""

Owner = Literal["bot", "waiting", "human", "closed"]
Outcome = Literal["answered", "silent", "handed_over", "failed"]
Author = Literal["bot", "guide", "system"]
Peace = Literal["out", "hush", "back", "named"]
"""What somebody wants to be spared of: no messages that they did not ask for (退订), not to be named by @ (别@我); and both ways
back (恢复推送, 可以@我了)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that a platform told us, ready for the inbox; the platform's id makes it unique."""

    channel: str
    account: str
    """Name of the configured account; empty for the web."""
    platform_id: str
    """Unique within (channel, account): a repeat with the same id is not accepted again."""
    conversation: ConversationId | None
    """None for what belongs to no talk (a guide's duty status, an unknown event)."""
    kind: str
    """``text``, ``image`` … or the name of an event such as ``enter_session``."""
    text: str
    """What the person wrote; for other kinds what can be read of it (a link's title), else empty."""
    payload: JsonMap
    """The platform's own object, kept whole."""
    sent_at: datetime
    peer: str = ""
    """Our side of the talk: the open_kfid."""
    external: str = ""
    """The shopper's id on the platform."""
    sender: str | None = None
    """Who of several people in a room; the servicer for what a person said in the platform's own client."""
    role: Literal["shopper", "guide", "event"] = "shopper"
    settled: tuple[Outcome, str] | None = None
    """Outcome and reason where no turn is needed (history from before the first start, foreign events)."""
    takes_over: str | None = None
    """The guide who takes the conversation with this (platform id), which fences the bot at once."""
    hands_back: bool = False
    """A person ended their part: the next message is the bot's again."""
    recalls: str | None = None
    """Platform id of a message that its author took back."""
    fails: tuple[str, str] | None = None
    """(our msgid, reason) of a message that the platform could not deliver after all."""
    room: str | None = None
    """Name of the group in which it was said, which marks the conversation as one; None for a talk of two."""
    called: str = ""
    """What the sender is called in a group; empty: not told, what we know stays."""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One accepted message that waits for its turn."""

    id: int
    conversation: ConversationId
    kind: str
    text: str
    payload: JsonMap
    sent_at: datetime
    received_at: datetime
    platform_id: str = ""
    sender: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a shopper can tap instead of typing."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """A product or link shown as a card; channels without cards degrade it to text."""

    title: str
    text: str = ""
    url: str | None = None
    price: str | None = None
    image: str | None = None
    sku: str | None = None
    reason: str | None = None
    kind: Literal["", "image", "mini_program", "coupon"] = ""
    """Empty: a product or a link."""
    appid: str | None = None
    """Of a mini-program."""
    page: str | None = None
    """Which page of the mini-program."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who is named by @ in a group."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Sparing:
    """How much that nobody asked for one person or group is sent over all flows, and when not, as the brand sets it."""

    a_day: int
    """Messages a day of the brand's calendar."""
    a_week: int
    """On that day and the six before it."""
    zone: str = "Asia/Shanghai"
    quiet: str = ""
    """Hours of the day in which nothing of the kind leaves, ``22:00-08:00``; empty: there are none."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is to be said in one message, before a channel puts it into its own dialect."""

    text: str
    cards: tuple[Card, ...] = ()
    options: tuple[Option, ...] = ()
    critical: bool = False
    """May use the last place of the platform's quota: a handover or a safety notice."""
    hands_over: bool = False
    """After this the conversation belongs to a person; where the platform's own servicers answer, it goes to them."""
    code: str | None = None
    """A platform's one-time code (welcome, end of talk) that lets this out beside the quota."""
    deadline: datetime | None = None
    """After this it is worthless and not sent (a welcome after 20 seconds)."""
    answers: tuple[int, ...] = ()
    """Inbox ids that this message answers."""
    pushed: bool = False
    """The shopper did not ask for it (a timer, a mass send): dropped where they wait for a person when it would leave."""
    service: bool = False
    """With ``pushed``: part of something that the shopper asked for (a guide who gives the talk back), so no cap counts it."""
    at_most: Sparing | None = None
    """With ``pushed``: how many of those this person may get, and when not; asked when it would leave (``bot.db.restraint``)."""
    mentions: tuple[Mention, ...] = ()
    """In a group: whom it is said to. The text begins with their plain @名 @名; a platform with real mentions puts them in its
    place (``bot.channels.mentions.body`` is the text without it)."""
    tapped: str | None = None
    """The guide whose tap sends this in the platform's own client, where no program may send."""
    trace: JsonMap = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the outbox: a speech with its address, its fence and its idempotent id."""

    id: int
    msgid: str
    """Ours, unique per platform account, ``[0-9a-zA-Z_-]{1,32}``: a second send of it is refused there."""
    conversation: ConversationId
    channel: str
    account: str
    peer: str
    external: str
    author: Author
    epoch: int
    speech: Speech
    attempts: int = 0
    uncertain: bool = False
    """Whether an earlier try may have reached the shopper although we never heard so."""
    deadline: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that we asked and whose answer the next message may be."""

    slot: str
    """What is asked for: a slot's name, ``entry`` (which of two entries) or ``yes_no``."""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """What we remember of a conversation; a new one replaces it at every turn."""

    version: int = 0
    misses: int = 0
    """How often in a row we did not understand or did not know."""
    pending: Pending | None = None
    asked: int = 0
    """Questions that we asked in a row."""
    wish: JsonMap = field(default_factory=dict)
    """What the shopper is looking for, as slots that were said in this episode."""
    shown: tuple[str, ...] = ()
    """SKUs that we showed, latest first."""
    entry: str | None = None
    """The knowledge entry of the last answer."""
    matter: str = ""
    """The shopper's last real question, for whoever takes over: 转人工 alone says nothing."""
    greeted: bool = False
    told_waiting: bool = False
    """That a person will come was said in this handover already."""
    episode: int = 0
    """Counts talks: a closed talk starts a new one with a fresh memory."""
    opted_out: bool = False
    trail: JsonMap = field(default_factory=dict)
    """How the talk went, for the decision on a person (``bot.escalation``): moods, questions, offers, the last wish."""
    room: JsonMap = field(default_factory=dict)
    """In a group: what is remembered of it and of those who speak there (``bot.groups.memory``)."""

    def afresh(self) -> "Session":
        """The memory of a new episode: of the last one only that it was, and whether the shopper wants no messages."""
        return Session(version=self.version, episode=self.episode + 1, opted_out=self.opted_out, room=self.room)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to believe a tag of a shopper."""

    tag: str
    value: str
    confidence: float
    at: datetime
    source: str
    """Which message or event says so."""
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """A shopper as we know them."""

    id: str
    name: str | None = None
    level: str | None = None
    store: str | None = None
    guide: str | None = None
    """Their own guide."""
    evidence: tuple[Evidence, ...] = ()
    owned: tuple[str, ...] = ()
    person: str | None = None
    """What their events are learnt under, the same for all customers that one person is; None where there are no events."""
    met: bool | None = None
    """Whether anything of ours was ever said to them, in any talk; None: not told."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation stands: who speaks, and how much of the platform's quota is left."""

    id: ConversationId
    channel: str
    account: str
    peer: str
    external: str
    customer: Customer
    group: bool = False
    owner: Owner = "bot"
    epoch: int = 0
    """Rises whenever the floor passes between bot and human; compared when a bot message leaves."""
    guide: str | None = None
    owner_since: datetime | None = None
    human_upto: int = 0
    """Highest inbox id that a person has already covered by speaking."""
    last_inbound_at: datetime | None = None
    sent_since: int = 0
    """Messages handed to the platform since the shopper's last one."""
    pending_out: int = 0
    """Messages in the outbox that still have to leave."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A wish for a person, as the desk will show it."""

    reason: str
    urgency: int = 0
    """0 can wait, 1 soon, 2 at once (somebody is hurt or furious)."""
    wanted: str | None = None
    """Id of the guide that the shopper named."""
    brief: JsonMap = field(default_factory=dict)
    kind: str = "asked"
    """``asked anger reaction risk confused unsure rule order failure``: what it counts as in reports."""
    why: JsonMap = field(default_factory=dict)
    """The evidence: what was heard, which rule, how sure."""
    skill: str | None = None
    """What whoever takes it should know about, in the words of ``guides.yml``."""
    assigned: str | None = None
    """Guide to whom it is offered first."""
    path: str | None = None
    """How that guide was found: ``named own store region central``; None: nobody is there."""
    due: datetime | None = None
    """Out of hours: when somebody is there again, which is also when the task for it falls due."""
