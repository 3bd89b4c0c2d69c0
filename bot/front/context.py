"""What the front door is given, and the typed keys under which its handlers find it."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Brand, Staff
from bot.channels.aibot.callback import AibotDoor
from bot.channels.dingtalk.callback import DingTalkDoor
from bot.channels.feishu.callback import FeishuDoor
from bot.channels.wecom.client import WeComClient
from bot.channels.wecom_crypto import WeComCrypto
from bot.front.console_port import Grows
from bot.front.goods_port import Goods
from bot.front.help_port import Help
from bot.front.intake import Intake
from bot.front.limits import Limiter
from bot.model import JsonMap
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.motion.tickets import Tickets
from bot.ports import Clock


def _draw() -> str:
    """128 bits of chance, safe in a URL."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Front:
    """Everything behind the front door; only ``wiring`` makes one."""

    engine: AsyncEngine
    client: Client
    """Redis or Valkey: counters of callers."""
    queues: Mapping[str, DueQueue]
    """``turn``, ``send`` and ``pull``."""
    live: Live
    """Somebody else runs it (``Live.run``) in this process."""
    clock: Clock
    secret_key: bytes
    """Signs shoppers' tokens."""
    brand: Callable[[], Brand]
    """The brand that is live now."""
    staff: Callable[[], Staff]
    """Stores and guides that are live now."""
    parse: Callable[[str], JsonMap | Awaitable[JsonMap]]
    """Understand one text, in Rasa's JSON (``text, intent, entities, intent_ranking``); may first have to load the models."""
    ready: Callable[[], bool]
    """Whether the models are loaded."""
    release: Callable[[], str]
    """Fingerprint of the content that is live now."""
    model: Callable[[], str] = lambda: "live"
    """How the newest NLU model stands: none, live, or refused where its evaluation kept it from going live."""
    growing: Callable[[], Awaitable[Grows]] | None = None
    """The live base for the console, built when somebody first asks; None where there is no console."""
    goods: Goods | None = None
    """The live catalogues, read when the first event comes in; None where nothing is sold."""
    help: Help | None = None
    """Scripts, products, entries and tags for the desk, read when a guide first looks; None where there are none."""
    events_token: bytes | None = field(default=None, repr=False)
    """What the brand's own systems show to deliver events; None keeps that door closed."""
    wecom: Mapping[str, WeComCrypto] = field(default_factory=dict)
    """Callback secrets by account name."""
    dingtalk: Mapping[str, DingTalkDoor] = field(default_factory=dict)
    feishu: Mapping[str, FeishuDoor] = field(default_factory=dict)
    aibot: Mapping[str, AibotDoor] = field(default_factory=dict)
    """The other rooms' ways in, by account name."""
    apps: Mapping[str, WeComClient] = field(default_factory=dict)
    """WeCom's API by account name, for the sidebar."""
    public_url: str | None = None
    """Where people reach this door, if it is configured."""
    debounce: float = 0.8
    """Longest wait in seconds for the rest of a message."""
    trust_proxy: bool = False
    """Whether X-Forwarded-For and X-Forwarded-Proto are believed."""
    draw: Callable[[], str] = _draw
    """A new id that nobody can guess."""


FRONT = web.AppKey("front", Front)
INTAKE = web.AppKey("intake", Intake)
LIMITER = web.AppKey("limiter", Limiter)
TICKETS = web.AppKey("tickets", Tickets)


def caller(request: web.Request) -> str:
    """The caller's address; behind a proxy of our own the last one it saw, which a caller cannot invent."""
    if request.app[FRONT].trust_proxy:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen[:64]
    return request.remote or "unknown"


def is_https(request: web.Request) -> bool:
    """Whether the caller's own connection is encrypted."""
    proto = request.headers.get("X-Forwarded-Proto", "") if request.app[FRONT].trust_proxy else ""
    return request.secure or proto.lower() == "https"
