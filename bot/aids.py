"""What helps a guide to answer: scripts, products, entries and tags of one brand's content, found by what a thumb types.

Laid out once for a release and never changed; everything here is pure and may run in a thread.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from bot.brand import Staff
from bot.content import Workspace
from bot.db.codec import iso
from bot.finding import Finder, Item
from bot.handlers.listening import placed
from bot.handlers.mirror import hints
from bot.handlers.products import product_card
from bot.handlers.table import ALWAYS, OFFERED
from bot.labels import NAMES
from bot.model import Card, Conversation, Customer, JsonMap
from recommender import FACTS, Product, TagKind, current, door_for, known, outlived
from scripts import Listener, Script, Variant, fill, names

_GREETING = ((5, 11, "早上好"), (11, 13, "中午好"), (13, 18, "下午好"))
_TITLE = re.compile(r"#[ \t]*(.{1,60})\n")
_ID = re.compile(r"^id:[ \t]*[\"']?([a-z0-9_\-]+)", re.MULTILINE)
_DOORS = {"wecom_mini": "小程序", "tmall": "天猫", "jd": "京东", "store": "门店"}


Whose = tuple[str | None, Sequence[str] | None]
"""Who looks for a script: the id of the guide, and their stores; None: everybody's."""


class Aids:
    """One brand's content as the desk uses it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.kinds: Mapping[str, TagKind] = {one.name: one for one in workspace.kinds}
        self.products: Mapping[str, Product] = {one.sku: one for one in workspace.products}
        self.guides_scripts: Mapping[str, Script] = {one.id: one for one in workspace.scripts if _of_guides(one)}
        self.titles = _titles(workspace.files) | {one.id: one.title for one in workspace.scripts if one.title}
        self._wordings = {variant.text: one.id for one in self.guides_scripts.values() for variant in one.variants}
        self._entries = {str(one.id): one for one in workspace.entries}

    @property
    def staff(self) -> Staff:
        """Stores and guides."""
        return self.workspace.staff

    def tags(self) -> Sequence[JsonMap]:
        """The kinds of tags that may be put on, with their values; no values listed means any."""
        return [
            {"tag": kind.name, "label": NAMES.get(kind.name, kind.name), "values": list(kind.values), "exclusive": kind.exclusive}
            for kind in self.kinds.values()
        ]

    def tag_fault(self, tag: str, value: str) -> str | None:
        """Why a tag must not be put on, in words; None where it may."""
        kind = self.kinds.get(tag)
        if kind is None or tag in FACTS:
            return f"标签表里没有 {tag}"
        if kind.values and value not in kind.values:
            return f"{NAMES.get(tag, tag)}没有“{value}”这个值，可以选：{'、'.join(kind.values[:12])}"
        return None

    def known(self, customer: Customer, now: datetime) -> Sequence[JsonMap]:
        """What is believed of a shopper, each with its grounds; the surest kinds first."""
        told = hints(customer.evidence)
        over = outlived(told, self.kinds, now)
        return [
            {
                "tag": one.tag,
                "label": NAMES.get(one.tag, one.tag),
                "value": one.value,
                "shown": _DOORS.get(one.value, one.value),
                "confidence": round(one.strength, 3),
                "half_life_days": self.kinds[one.tag].half_life_days if one.tag in self.kinds else None,
                "outlived": one.value in over,
                "evidence": [
                    {"source": ground.source, "at": iso(ground.at), "confidence": round(ground.confidence, 2)}
                    for ground in one.grounds
                ],
                "at": iso(max(ground.at for ground in one.grounds)) if one.grounds else None,
                "source": one.grounds[-1].source if one.grounds else "",
            }
            for one in known(told, self.kinds, now)
        ]

    def believed(self, customer: Customer, now: datetime) -> Mapping[str, tuple[str, ...]]:
        """Kind → values that hold now."""
        return current(hints(customer.evidence), self.kinds, now)

    def named(self, skus: Sequence[str]) -> Sequence[JsonMap]:
        """Products with their names; what is in the catalogue no more keeps its number."""
        return [{"sku": sku, "name": one.name if (one := self.products.get(sku)) else sku} for sku in skus]

    def scripts(
        self, query: str, family: str, about: tuple[Conversation | None, str, Whose], use: Mapping[str, float], now: datetime
    ) -> Sequence[JsonMap]:
        """Scripts for guides; ``about``: the talk in which it will be said, what the guide is called, and who they are."""
        found = [self.guides_scripts[hit.id] for hit in self._by_script.find(query, 200, use)]
        kept = [one for one in found if (not family or one.family == family) and self.theirs(one, about[2])][:50]
        return [self.told(one, about[:2], now) for one in kept]

    def theirs(self, script: Script, whose: Whose) -> bool:
        """Whether a guide may use a script: everybody's, their region's, their store's, their own; all stores' without any."""
        guide, stores = whose
        shops = self.staff.stores.values() if stores is None else filter(None, map(self.staff.stores.get, stores))
        match script.scope.level:
            case "个人":
                return script.scope.of == guide
            case "店":
                return any(shop.id == script.scope.of for shop in shops)
            case "区域":
                return any(script.scope.of in {shop.region, shop.city} for shop in shops)
            case _:
                return True

    def kept(self, guide: str | None, store: str | None) -> Sequence[JsonMap]:
        """What is a guide's own, and what is their store's, as it is written and not filled, by title."""
        levels = {"个人": guide, "店": store}
        own = [one for one in self.guides_scripts.values() if one.scope.of and levels.get(one.scope.level) == one.scope.of]
        found = [
            {
                "id": one.id,
                "title": self.titles.get(one.id, one.family),
                "family": one.family,
                "text": one.variants[0].text,
                "others": len(one.variants) - 1,
                "level": one.scope.level,
            }
            for one in own
        ]
        return sorted(found, key=lambda one: (one["level"] != "个人", str(one["title"]), str(one["id"])))

    def told(self, script: Script, about: tuple[Conversation | None, str], now: datetime) -> dict[str, object]:
        """A script as the desk shows it: the most particular wording, filled with what is known."""
        texts = [self.filled(variant.text, about, now) for variant in _fitting(script, about[0], self, now)]
        return {
            "id": script.id,
            "title": self.titles.get(script.id, script.family),
            "family": script.family,
            "text": texts[0] if texts else "",
            "others": texts[1:],
            "level": script.scope.level,
            "placeholders": list(names(texts[0])) if texts else [],
        }

    def filled(self, text: str, about: tuple[Conversation | None, str], now: datetime) -> str:
        """A wording with what is known in its places; what is not known and has no other word stays a placeholder."""
        facts = self._facts(about, now)
        missing = {name: f"{{{name}}}" for name in names(text) if not facts.get(name) and f"{{{name}}}" in text}
        return fill(text, {**facts, **missing}) or text

    def _facts(self, about: tuple[Conversation | None, str], now: datetime) -> dict[str, str]:
        conversation, guide = about
        brand = self.workspace.brand
        local = now.astimezone(brand.zone)
        greeting = next((words for start, end, words in _GREETING if start <= local.hour < end), "晚上好")
        called = conversation.customer.name if conversation and not conversation.group else None
        return {
            "称呼": called or "",
            "人设名": guide or brand.persona.name,
            "自称": brand.persona.self_name,
            "品牌名": brand.name,
            "营业时间": brand.opening.words(local),
            "时段问候": greeting,
        } | dict.fromkeys(ALWAYS - {"称呼", "人设名", "自称", "品牌名", "营业时间", "时段问候"}, "")

    def script_of(self, text: str) -> str | None:
        """Which script somebody's words are, where they are exactly one's."""
        return self._wordings.get(text)

    def goods(self, query: str, store: str | None, limit: int) -> Sequence[JsonMap]:
        """Products on sale first, with stock everywhere and in one's own store."""
        hits = [self.products[hit.id] for hit in self._by_product.find(query, 4 * limit)]
        ordered = sorted(hits, key=lambda one: one.status != "active")[:limit]
        return [self.shown(one, store) for one in ordered]

    def shown(self, product: Product, store: str | None) -> dict[str, object]:
        """A product as the picker shows it; ``here`` is None where nobody tells which store has how many."""
        counted = product.stock
        everywhere = counted if isinstance(counted, int) else sum(counted.values())
        return {
            "sku": product.sku,
            "name": product.name,
            "brand": product.brand,
            "category": product.category,
            "price": f"{product.price.normalize():f}",
            "stock": everywhere,
            "here": None if isinstance(counted, int) or store is None else counted.get(store, 0),
            "stores": [] if isinstance(counted, int) else self._stores(counted),
            "image": product.image or None,
            "url": door_for(product).link,
            "status": product.status,
        }

    def _stores(self, counted: Mapping[str, int]) -> list[dict[str, object]]:
        return [
            {"store": place, "name": shop.name, "stock": pieces}
            for place, pieces in counted.items()
            if (shop := self.staff.stores.get(place)) is not None and pieces > 0
        ]

    def card(self, sku: str, customer: Customer, now: datetime) -> Card | None:
        """A product to be sent, with the door that suits this shopper; None where there is none, or it is not for sale."""
        product = self.products.get(sku)
        if product is None or product.status != "active":
            return None
        habits = self.believed(customer, now).get("channel_habit", ())
        return product_card(product, door_for(product, habits, customer.store).link)

    def questions(self) -> Mapping[str, str]:
        """Entry → its first question."""
        return {id_: one.questions[0] for id_, one in self._entries.items()}

    def entries(self, query: str, limit: int) -> Sequence[JsonMap]:
        """Entries of the knowledge base by their questions and answers."""
        found = [self._entries[hit.id] for hit in self._by_entry.find(query, limit)]
        return [{"id": str(one.id), "question": one.questions[0], "answer": one.answer, "source": one.source} for one in found]

    @cached_property
    def _by_script(self) -> Finder:
        return Finder.of(
            Item(one.id, ((self.titles.get(one.id, ""), 1.0), *((variant.text, 0.9) for variant in one.variants)))
            for one in self.guides_scripts.values()
        )

    @cached_property
    def _by_product(self) -> Finder:
        return Finder.of(
            Item(one.sku, ((one.name, 1.0), (one.sku, 1.0), (one.category, 0.9), (one.brand, 0.8)))
            for one in sorted(self.products.values(), key=lambda one: (one.status != "active", one.name))
        )

    @cached_property
    def _by_entry(self) -> Finder:
        return Finder.of(
            Item(str(one.id), (*((question, 1.0) for question in one.questions), (one.answer, 0.6), (str(one.id), 0.8)))
            for one in self.workspace.entries
        )


def _titles(files: Mapping[str, bytes]) -> dict[str, str]:
    """Script → what its editor wrote above it (``# 导购用：退换说明``), which is how guides know it."""
    found = {}
    for path, body in files.items():
        text = body.decode("utf-8", "replace") if "/replies/" in path else ""
        title, script = _TITLE.match(text), _ID.search(text)
        if title is not None and script is not None:
            found[script[1]] = title[1].removeprefix("导购用：").strip()
    return found


def _of_guides(script: Script) -> bool:
    """Whether a script is material for guides: not what the assistant says by itself, unless a guide wrote it for themselves."""
    return script.scope.level == "个人" or not ({script.id, script.extends} & OFFERED.keys())


def _fitting(script: Script, conversation: Conversation | None, aids: Aids, now: datetime) -> Sequence[Variant]:
    """The wordings for a listener, the most particular first; without a listener all of them."""
    if conversation is None:
        return script.variants
    customer = conversation.customer
    believed = {} if conversation.group else {tag: frozenset(told) for tag, told in aids.believed(customer, now).items()}
    listener = placed(Listener(conversation.channel, customer.level, customer.store, believed), aids.workspace, now)
    fitting = [one for one in script.variants if one.fits(listener)]
    return sorted(fitting, key=lambda one: (-one.conditions, -one.weight))
