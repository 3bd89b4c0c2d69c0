"""Spam, impostors and lures: nothing is said about them in the group, but its owner hears of it at once. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from bot.db.gathered import Gathered
from bot.db.keeping_rows import Alert
from bot.model import Conversation, InboundMessage
from bot.services import Services
from intents import Recognition
from intents.guard import Known, alert_key, alert_text, guard


@dataclass(frozen=True, slots=True)
class Watched:
    """A message that harms the group."""

    kind: str
    reason: str
    alerts: tuple[Alert, ...]


_READ = 2000
"""Products whose links are looked at for the shop's own addresses."""


_MARKETS = ("tmall.com", "taobao.com", "jd.com", "yangkeduo.com", "pinduoduo.com", "qq.com", "douyin.com", "kuaishou.com")
"""Where everybody sells: a link there is not the shop's own because the shop has others there."""


@lru_cache(maxsize=8)
def _known(services: "_Same") -> Known:
    """Who and what belongs to the shop."""
    whole = services.whole
    guides = tuple(one.name for one in whole.staff.guides.values())
    links = [str(link) for one in islice(whole.recommender.products.values(), _READ) for link in one.links.values()]
    links += [one.url for entry in whole.library.entries for one in entry.attachments if one.url]
    hosts = {urlsplit(link).hostname for link in links if "://" in link}
    domains = tuple(sorted(host for host in hosts if host and not host.endswith(_MARKETS)))
    return Known(guides=guides, assistants=(whole.brand.persona.name,), brands=(whole.brand.name,), domains=domains)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Services that are the same where their release is."""

    whole: Services

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.whole.release == self.whole.release

    def __hash__(self) -> int:
        return hash(self.whole.release)


def watched(
    message: InboundMessage, where: Conversation, here: Gathered, services: Services, heard: tuple[Recognition | None, datetime]
) -> Watched | None:
    """What a message of a member is up to; None for everything honest. ``heard``: what was understood of it, and now."""
    if message.kind != "text" or not message.sender:
        return None
    recognition, now = heard
    spam = recognition.confidence if recognition is not None and recognition.intent == "spam" else 0.0
    member = here.members.get(message.sender)
    name = member.name if member else message.sender
    alarm = guard(message.text, name, _known(_Same(services)), spam)
    if alarm is None:
        return None
    key = alert_key(alarm, where.id, message.sender, now.date().isoformat())
    text = alert_text(alarm, here.name, name)
    alert = Alert(key, "group", text, here.guide, where.customer.store, where.id)
    return Watched(alarm.kind, "可能是广告或假冒，已经告诉群主", (alert,))
