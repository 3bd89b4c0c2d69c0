"""What a guide could answer now: entries, scripts and products that fit the shopper's last words, each with its reason. Pure.

Entries are asked of the library where one is built; else they, like scripts, are compared by their words (BM25). Products come
from the recommender with everything the shopper said in this talk and is known to be, so that its safety rules hold here too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, partial

from bot import content
from bot.aids import Aids
from bot.content.building import normalized
from bot.model import Conversation, JsonMap
from bot.wishes import store_ids, wish_from
from intents import Gazetteer, Slot, find_slots, normalize
from intents.gazetteer import spelt
from knowledge import Asker, Entry, Library
from knowledge.eligibility import eligible
from knowledge.keyword import KeywordIndex
from knowledge.words import Reader
from recommender import Recommender, Shopper, Suggestion, Wish
from scripts import Script

MOST = 6
_EACH = {"entry": 3, "script": 3, "product": 3}
_LIKELY = 0.2
"""An entry that the library thinks less likely is no help."""
_CLOSE = 0.25
"""The share of its words' worth that a text must hold to be suggested by words alone."""
_ANSWERS = frozenset({"咨询问答", "日常聊天"})
"""Families that answer somebody; the others are what a guide begins with."""
_SHARED = 0.4
"""The share of the shopper's content words that a script must hold."""
_GOODS = (0.75, 0.68, 0.61)
"""Where products stand among the others, by their place."""
_ASKING = frozenset({"category", "product", "concern", "brand", "age_months", "skin_type", "size", "color", "scent"})
"""Only who spoke of one of these wants to see something."""


@dataclass(frozen=True, slots=True)
class Situation:
    """For whom something is suggested, and after which words."""

    words: str
    """What the shopper wrote last, since somebody last answered."""
    before: Sequence[str]
    """Their words of this talk before that, oldest first."""
    conversation: Conversation
    guide: str
    """What the guide is called."""
    store: str | None
    """The guide's store."""
    id: str | None = None
    """The guide's own id."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One suggestion."""

    score: float
    source: str
    id: str
    title: str
    text: str
    why: str
    card: JsonMap | None = None

    def told(self) -> dict[str, object]:
        """As the desk shows it."""
        shown: dict[str, object] = {
            "id": f"{self.source}:{self.id}",
            "source": self.source,
            "title": self.title,
            "text": self.text,
            "why": self.why,
            "score": round(self.score, 3),
        }
        return shown | ({"card": self.card} if self.card else {})


class Suggesting:
    """The same content, laid out to be suggested from; built when somebody first asks."""

    def __init__(self, aids: Aids) -> None:
        self._aids = aids

    def replies(self, situation: Situation, library: Library | None, now: datetime) -> Sequence[JsonMap]:
        """At most six, the likeliest first."""
        if not situation.words.strip():
            return []
        local = now.astimezone(self._aids.workspace.brand.zone)
        every = [
            *self._from_entries(situation, library, local),
            *self._from_scripts(situation, local),
            *self._from_products(situation, local),
        ]
        kept: list[Reply] = []
        for one in sorted(every, key=lambda one: -one.score):
            if sum(other.source == one.source for other in kept) < _EACH[one.source] and len(kept) < MOST:
                kept.append(one)
        return [one.told() for one in kept]

    def _asker(self, situation: Situation, now: datetime) -> Asker:
        conversation, guide = situation.conversation, situation.id
        customer = conversation.customer
        tags = {} if conversation.group else self._aids.believed(customer, now)
        believed = {tag: frozenset(values) for tag, values in tags.items()}
        store = self._aids.workspace.staff.stores.get(customer.store or "")
        areas = frozenset({store.region, store.city} - {""}) if store else frozenset[str]()
        return Asker(conversation.channel, conversation.group, customer.store, customer.level, believed, areas, guide)

    def _from_entries(self, situation: Situation, library: Library | None, now: datetime) -> Iterator[Reply]:
        asker = self._asker(situation, now)
        if library is not None:
            hits = library.ask(situation.words, asker, now).hits[:5]
            found = [(hit.score, entry) for hit in hits if hit.score >= _LIKELY and (entry := library.entry(hit.entry))]
        else:
            found = [(score, entry) for score, entry in self._near(situation.words) if eligible(entry, asker, now.date())]
        for score, entry in found:
            if not (entry.private and situation.conversation.group):
                answer = entry.short if situation.conversation.group and entry.short else entry.answer
                why = f"和知识库「{entry.questions[0]}」{'对得上' if score >= 0.6 else '有点像'}（{score:.0%}）"
                yield Reply(score, "entry", str(entry.id), entry.questions[0], answer, why)

    def _near(self, words: str) -> list[tuple[float, Entry]]:
        index, owners = self._questions
        scores = index.scores(self._reader.read(words).terms)
        best: dict[int, float] = {}
        for row, score in enumerate(scores.tolist()):
            if score >= _CLOSE:
                best[owners[row]] = max(best.get(owners[row], 0.0), score)
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))[:5]
        return [(score, self._aids.workspace.entries[at]) for at, score in ranked]

    def _from_scripts(self, situation: Situation, now: datetime) -> Iterator[Reply]:
        index, scripts = self._scripts
        reading = self._reader.read(situation.words)
        scores = index.scores(reading.terms).tolist()
        whose = (situation.id, (situation.store,) if situation.store else ())
        shares = [self._share(reading.content, one) if self._aids.theirs(one, whose) else 0.0 for one in scripts]
        ranked = sorted(((share, scores[at], at) for at, share in enumerate(shares) if share >= _SHARED), reverse=True)[:3]
        for share, score, at in ranked:
            shown = self._aids.told(scripts[at], (situation.conversation, situation.guide), now)
            if shown["text"]:
                why = f"话术「{shown['title']}」说的就是这件事"
                likely = 0.25 + 0.25 * share + 0.3 * score
                yield Reply(likely, "script", scripts[at].id, str(shown["title"]), str(shown["text"]), why)

    def _share(self, words: Sequence[str], script: Script) -> float:
        """How much of what the shopper speaks of a script speaks of, most where its title does; words of one sign say nothing."""
        told = [word for word in words if len(word) > 1]
        title, texts = self._aids.titles.get(script.id, ""), [variant.text for variant in script.variants]
        met = sum(len(w) * (1.0 if w in title else 0.8 if any(w in text for text in texts) else 0.0) for w in told)
        return met / sum(map(len, told)) if told else 0.0

    def _from_products(self, situation: Situation, now: datetime) -> Iterator[Reply]:
        latest = self._slots(situation.words, now)
        slots = [*(slot for words in situation.before[-6:] for slot in self._slots(words, now)), *latest]
        if not any(slot.name in _ASKING and not slot.negated for slot in slots):
            return
        fresh = any(slot.name in _ASKING and not slot.negated for slot in latest)
        stores = store_ids((store.id, store.name) for store in self._aids.staff.stores.values())
        wish = wish_from(slots, Wish(text=situation.words), kinds=self._aids.kinds, stores=stores)
        shopper = self._shopper(situation.conversation, now)
        found = self._recommender.recommend(shopper, wish, limit=3, at=now)
        for item, score in zip(found.items, _GOODS, strict=False):
            yield self._offered(item, score if fresh else score * 0.6, situation, now)

    def _shopper(self, conversation: Conversation, now: datetime) -> Shopper:
        if conversation.group:
            return Shopper()
        customer, tags = conversation.customer, self._aids.believed(conversation.customer, now)
        habit = tags.get("channel_habit", ())
        return Shopper(tags, frozenset(customer.owned), customer.level, customer.store, habit[0] if habit else None)

    def _offered(self, item: Suggestion, score: float, situation: Situation, now: datetime) -> Reply:
        product = item.product
        card = self._aids.card(product.sku, situation.conversation.customer, now)
        here = product.stock.get(situation.store, 0) if situation.store and not isinstance(product.stock, int) else None
        stock = "" if here is None else f"；本店有 {here} 件" if here else "；本店没有现货"
        return Reply(score, "product", product.sku, product.name, "", f"{item.reason}{stock}", asdict(card) if card else None)

    def _slots(self, words: str, now: datetime) -> tuple[Slot, ...]:
        return find_slots(normalize(words[:500], self._names.vocabulary), self._names, now)

    @cached_property
    def _names(self) -> Gazetteer:
        return content.gazetteer(self._aids.workspace)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(partial(normalized, keep=self._names.vocabulary), spelt(self._aids.workspace.spellings))

    @cached_property
    def _questions(self) -> tuple[KeywordIndex, Sequence[int]]:
        rows = [(at, question) for at, entry in enumerate(self._aids.workspace.entries) for question in entry.questions]
        return KeywordIndex(self._reader.read(question).terms for _, question in rows), [at for at, _ in rows]

    @cached_property
    def _scripts(self) -> tuple[KeywordIndex, Sequence[Script]]:
        scripts = [one for one in self._aids.guides_scripts.values() if one.family in _ANSWERS]
        texts = (" ".join((self._aids.titles.get(one.id, ""), *(part.text for part in one.variants))) for one in scripts)
        return KeywordIndex(self._reader.read(text).terms for text in texts), scripts

    @cached_property
    def _recommender(self) -> Recommender:
        return content.recommender(self._aids.workspace)
