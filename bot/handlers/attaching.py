"""What goes with a wording, as cards: looked up when it is said, so that nobody is shown what has ended or is not for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from bot.brand import Coupon
from bot.handlers.base import Turn
from bot.handlers.products import people, product_card
from bot.handlers.suitability import unfit
from bot.model import Card
from bot.services import Services
from recommender import Product, door_for
from scripts import Attachment

_MINI_PROGRAM = "在微信里打开小程序"
"""What stands on a card that only WeChat can open, where ops wrote nothing."""


def _nobody(_product: Product) -> str | None:
    """Nothing is known of those who read it."""
    return None


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom something is attached."""

    now: datetime
    """In the brand's zone."""
    store: str | None = None
    habits: Sequence[str] = ()
    """Where they are used to buy."""
    against: Callable[[Product], str | None] = field(default=_nobody, repr=False)
    """Whom a product is not for, of those whom it would be shown to; None: nothing speaks against it."""

    @classmethod
    def of(cls, turn: Turn, services: Services) -> Self:
        """Whoever wrote the message of a turn."""

        def against(product: Product) -> str | None:
            found = unfit(product, people(turn), turn, services)
            return found and found[0]

        habits = turn.tags.get("channel_habit", ())
        return cls(turn.now, turn.conversation.customer.store, habits, against)


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of a wording's attachments."""

    cards: tuple[Card, ...] = ()
    left_out: tuple[str, ...] = ()
    """Why others are not there."""

    @property
    def source(self) -> dict[str, object]:
        """As a trace keeps it; empty where everything is there."""
        return {"left_out": list(self.left_out)} if self.left_out else {}


def attached(attachments: Iterable[Attachment], whom: Whom, services: Services, beside: Sequence[Card] = ()) -> Attached:
    """The cards for a wording; a product that stands ``beside`` already is not shown twice."""
    cards: list[Card] = []
    left_out: list[str] = []
    shown = {card.sku for card in beside if card.sku}
    for one in attachments:
        found = _found(one, whom, services)
        if isinstance(found, str):
            left_out.append(found)
        elif found.sku not in shown:
            cards.append(found)
            shown |= {found.sku} if found.sku else set()
    return Attached(tuple(cards), tuple(left_out))


def _found(one: Attachment, whom: Whom, services: Services) -> Card | str:
    """The card, or why there is none."""
    match one.kind:
        case "product":
            return _product(one.sku, whom, services)
        case "coupon":
            return _coupon(one, whom, services)
        case _:
            return plain_card(one)


def plain_card(one: Attachment) -> Card:
    """The card of what needs no looking up: an image, a link, a mini-program."""
    if one.kind == "image":
        return Card(one.title or "图片", url=one.url, image=one.url, kind="image")
    if one.kind == "mini_program":
        text = one.text or _MINI_PROGRAM
        more = {"url": one.url or None, "image": one.image or None}
        return Card(one.title, text, **more, kind="mini_program", appid=one.appid, page=one.path)
    return Card(one.title, one.text, one.url, image=one.image or None)


def _product(sku: str, whom: Whom, services: Services) -> Card | str:
    product = services.recommender.products.get(sku)
    if product is None:
        return f"商品 {sku} 不在商品表里了"
    if product.status != "active":
        return f"商品 {sku} 没有在卖"
    if (against := whom.against(product)) is not None:
        return f"商品 {sku} 不适合这位顾客（{against}）"
    link = door_for(product, whom.habits, whom.store).link
    return product_card(product, link)


def _coupon(one: Attachment, whom: Whom, services: Services) -> Card | str:
    store = one.store or whom.store or ""
    found = next(_coupons(one, store, services), None)
    if found is None:
        return f"优惠券 {one.id} 不在了" if one.id else f"门店 {store} 没有优惠券" if store else "顾客没有门店，没有券可发"
    if found.valid_until is not None and found.valid_until < whom.now.date():
        return f"优惠券 {found.id} {found.valid_until} 已经到期"
    return Card(found.title, _terms(found, whom.now.date()), found.url or None, kind="coupon")


def _coupons(one: Attachment, store: str, services: Services) -> Iterator[Coupon]:
    stores = services.staff.stores
    for shop in stores.values() if one.id else filter(None, [stores.get(store)]):
        if shop.coupon is not None and one.id in {"", shop.coupon.id}:
            yield shop.coupon


def _terms(coupon: Coupon, today: date) -> str:
    """How it is used and until when."""
    until = coupon.valid_until
    if until is None:
        return coupon.text
    day = f"{until.year}年{until.month}月{until.day}日" if until.year != today.year else f"{until.month}月{until.day}日"
    return "，".join(filter(None, (coupon.text, f"{day}前有效")))
