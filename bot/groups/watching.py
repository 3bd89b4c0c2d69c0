"""Spam, impostors and lures: nothing is said about them in the group, but its owner hears of it at once. Pure."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
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


_BY_RELEASE: OrderedDict[str, Known] = OrderedDict()
"""What was read of the latest releases: never the releases themselves, which weigh many megabytes each."""
_RELEASES = 8


def _known(services: Services) -> Known:
    """Who and what belongs to the shop."""
    found = _BY_RELEASE.get(services.release)
    if found is None:
        found = _BY_RELEASE[services.release] = _shop(services)
        while len(_BY_RELEASE) > _RELEASES:
            _BY_RELEASE.popitem(last=False)
    return found


def _shop(services: Services) -> Known:
    guides = tuple(one.name for one in services.staff.guides.values())
    links = [str(link) for one in islice(services.recommender.products.values(), _READ) for link in one.links.values()]
    links += [one.url for entry in services.library.entries for one in entry.attachments if one.url]
    hosts = {urlsplit(link).hostname for link in links if "://" in link}
    domains = tuple(sorted(host for host in hosts if host and not host.endswith(_MARKETS)))
    return Known(guides=guides, assistants=(services.brand.persona.name,), brands=(services.brand.name,), domains=domains)


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
    alarm = guard(message.text, name, _known(services), spam)
    if alarm is None:
        return None
    key = alert_key(alarm, where.id, message.sender, now.date().isoformat())
    text = alert_text(alarm, here.name, name)
    alert = Alert(key, "group", text, here.guide, where.customer.store, where.id)
    return Watched(alarm.kind, "可能是广告或假冒，已经告诉群主", (alert,))
