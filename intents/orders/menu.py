"""The menu as people call it: names, aliases, short forms, and mistaken characters that sound the same."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from intents.lookalikes import lookalikes
from intents.orders.misspelt import corrected
from intents.orders.model import Article
from intents.orders.sorts import beside_numbers, single, sized
from intents.orders.written import folded
from intents.pinyin import blurred, readings

Items = tuple[int, ...]
"""Places on the menu; several where words fit several articles."""
_BRACKETS = re.compile(r"[(\[【{][^)\]】}]*[)\]】}]")
_PACK = re.compile(
    r"[ /*x×-]*\d+(?:\.\d+)?\s*(?:g|kg|ml|l|克|斤|公斤|升|毫升|枚|个|只|片|包|瓶|袋|抽|卷|粒|支|层)?(?:装|[*x/].*)?$",
    re.IGNORECASE,
)
_FAMILY = frozenset("饺粽包桃梨李柿橘橙柚枣杏茄椰虾鸭鸽兔裤裙鞋袜毯垫瓶杯盘袋饼粥面")
_HEADS = frozenset("虾饼糕鱼蟹鸡鸭蛋奶米面油肉茶酒瓜枣豆饺粽梨桃橙葱姜蒜笋菇纸票券汤鹅")
"""Last characters that alone may stand for the article."""
_COMMON = frozenset("大小新鲜特级本地农家进口有机精品优质生日手工天然无糖低脂散装现做")
_ALSO = (("水饺", "饺子"), ("饺子", "水饺"), ("番茄", "西红柿"), ("西红柿", "番茄"))
_LATIN = re.compile(r"(?<![A-Za-z])[A-Za-z]{4,}(?![A-Za-z])")
_SYMBOL = re.compile(r"[A-Za-z]+|\d+|\S")


@dataclass(frozen=True)
class Menu:
    """Articles with all that they are called; made once for a session."""

    articles: Sequence[Article]
    names: Mapping[str, Items] = field(init=False)
    """Each spelling to the articles that it fits."""
    hints: Mapping[str, Items] = field(init=False)
    """Words that only tell sorts apart (韭菜 for 韭菜水饺), and `openings`."""
    openings: frozenset[str] = field(init=False)
    """What a long name begins with (短袖 for 短袖T恤); a name only beside an amount in the article's own measure."""

    chars: frozenset[str] = field(init=False)
    """Single characters among `hints` (大 for 大粽子); a name only beside a number or 的."""

    def __post_init__(self) -> None:
        names: dict[str, set[int]] = defaultdict(set)
        for place, article in enumerate(self.articles):
            for name in _called(article):
                names[name].add(place)
        shorter = {short: fits for short, fits in _shorter(names).items() if short not in names}
        hints = {hint: fits for hint, fits in _hints(self.articles).items() if hint not in names and hint not in shorter}
        openings = {
            word: fits for word, fits in _openings(names).items() if not (word in names or word in shorter or word in hints)
        }
        sizes, alone = sized(self.articles)
        chars = {char: fits for char, fits in single(self.articles).items() if char not in names and char not in shorter}
        told = {name: tuple(sorted(fits)) for name, fits in {**sizes, **shorter, **names}.items()}
        more = {hint: tuple(sorted(fits)) for hint, fits in {**alone, **chars}.items() if hint not in told}
        object.__setattr__(self, "names", told)
        object.__setattr__(self, "hints", {**openings, **more, **hints})
        object.__setattr__(self, "chars", frozenset(chars))
        object.__setattr__(self, "openings", frozenset(openings) - more.keys())

    @cached_property
    def spelled(self) -> str:
        """A pattern of all names and hints, the longest first."""
        words = sorted({*self.names, *self.hints} - self.chars, key=lambda word: (-len(word), word))
        told = [*map(_bounded, words), *([beside_numbers(sorted(self.chars))] if self.chars else [])]
        return "|".join(told) or r"(?!)"

    @cached_property
    def units(self) -> frozenset[str]:
        """The measure words of the menu."""
        return frozenset(article.unit for article in self.articles)

    @cached_property
    def prices(self) -> frozenset[Decimal]:
        """What things cost, in yuan."""
        return frozenset(article.price for article in self.articles)

    def fits(self, word: str) -> Items:
        """The articles of a spelling that `spelled` found."""
        return self.names.get(word.lower()) or self.hints.get(word.lower(), ())

    def family(self, word: str) -> Items:
        """All articles whose names end in a word."""
        return tuple(
            place for place, one in enumerate(self.articles) if any(name.endswith(word.lower()) for name in _called(one))
        )

    def picked(self, among: Items, text: str) -> Items:
        """The one of several articles whose own words stand in a text, or all of them."""
        symbols = _symbols(text)
        said = {gram for length in range(1, 5) for gram in _grams(symbols, length)}
        longest = {place: max((len(gram) for gram in self._own(place, among) & said), default=0) for place in among}
        best = max(longest.values(), default=0)
        found = tuple(place for place in among if longest[place] == best)
        return found if best and len(found) == 1 else among

    def _own(self, place: int, among: Items) -> set[tuple[str, ...]]:
        """Runs of symbols that name this article and none of the others."""
        others = {gram for other in among if other != place for gram in self._grams[other]}
        return self._grams[place] - others

    @cached_property
    def _grams(self) -> Sequence[set[tuple[str, ...]]]:
        return [
            {
                gram
                for name in (article.name, *article.aliases)
                for length in range(1, 5)
                for gram in _grams(_symbols(folded(name)), length)
            }
            for article in self.articles
        ]

    def corrected(self, text: str) -> str:
        """A text with misspelt names as the menu spells them (平果 → 苹果)."""
        if _LATIN.search(text):
            text = _LATIN.sub(lambda one: self._typed.get(one[0].lower(), one[0]), text)
        return corrected(text, self._sounding, self._exact)

    @cached_property
    def _typed(self) -> Mapping[str, str]:
        """Names by their pinyin, as somebody types who forgets to choose the characters."""
        told = {"".join((readings().get(char) or ("",))[0] for char in name): name for name in self.names if len(name) > 1}
        return {latin: name for latin, name in told.items() if len(latin) >= 4 and latin.isalpha()}

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        words = sorted((word for word in {*self.names, *self.hints} - self.openings if len(word) > 1), key=len, reverse=True)
        return re.compile("|".join(map(_bounded, words)) or r"(?!)", re.IGNORECASE)

    @cached_property
    def _sounding(self) -> Mapping[str, Sequence[str]]:
        """Names of two or more characters by how their first one sounds or looks."""
        table: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.names, key=len, reverse=True):
            if len(name) >= 2 and all("\u4e00" <= char <= "\u9fff" for char in name):
                for key in {*map(blurred, readings().get(name[0], ())), *lookalikes().get(name[0], ()), name[0]}:
                    table[key].append(name)
        return table


def _called(article: Article) -> Iterator[str]:
    """An article's names in one spelling, with and without what its pack says."""
    for told in (article.name, *article.aliases):
        name = folded(told).lower()
        plain = _PACK.sub("", _BRACKETS.sub("", name)).strip()
        for one in (name, plain, name.replace(" ", "")):
            if one:
                yield one


def _shorter(names: Mapping[str, Iterable[int]]) -> Mapping[str, set[int]]:
    """What long names end in, and their family: 老母鸡 → 母鸡, 鲜肉粽 → 粽子."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, fits in names.items():
        if not "\u4e00" <= name[-1] <= "\u9fff":
            continue
        for start in range(1, len(name) - 1):
            if "\u4e00" <= name[start] <= "\u9fff":
                found[name[start:]].update(fits)
        for other in _families(name):
            found[other].update(fits)
    for word, fits in _shared_openings(names).items():
        found[word].update(fits)
    for name in names:
        if _through_a_word(name, found):
            found.pop(name[1:], None)
    return found


def _families(name: str) -> Iterator[str]:
    """What a name's last characters are called besides: 水饺 饺子, 粽 粽子."""
    for word, other in _ALSO:
        if name.endswith(word):
            yield from (other, name.removesuffix(word) + other)
    if name[-1] in _FAMILY:
        yield name[-1] + "子"
    if name[-1] in _HEADS:
        yield name[-1]


def _through_a_word(name: str, found: Mapping[str, set[int]]) -> bool:
    """Whether cutting the first character cuts a word: 菜套餐 of 叶菜套餐, where several sorts of 套餐 are sold."""
    return len(name) > 3 and any(
        len(found.get(name[start:], ())) > len(found.get(name[1:], ())) for start in range(2, len(name) - 1)
    )


def _shared_openings(names: Mapping[str, Iterable[int]]) -> Mapping[str, set[int]]:
    """What several articles' names begin with, as long as it gets: 尿不湿 of 尿不湿M码 and 尿不湿L码."""
    found: dict[str, set[int]] = defaultdict(set)
    told = sorted(names)
    for one, other in pairwise(told):
        shared = next((end for end in range(min(len(one), len(other)), 1, -1) if one[:end] == other[:end]), 0)
        word = one[:shared]
        if (
            shared
            and shared < min(len(one), len(other))
            and set(names[one]) != set(names[other])
            and "\u4e00" <= word[-1] <= "\u9fff"
        ):
            found[word].update(*(fits for name, fits in names.items() if name.startswith(word)))
    return found


def _openings(names: Mapping[str, Iterable[int]]) -> Mapping[str, Items]:
    """The beginnings of two characters or more that belong to one article only."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, fits in names.items():
        for end in range(2, len(name)):
            if all("\u4e00" <= char <= "\u9fff" for char in name[:end]) and not set(name[:end]) <= _COMMON:
                found[name[:end]].update(fits)
    return {word: tuple(fits) for word, fits in found.items() if len(fits) == 1}


def _hints(articles: Sequence[Article]) -> Mapping[str, Items]:
    """What sorts of one thing differ in (草莓 and 蓝莓 of 酸奶), as far as it names one article only."""
    found: dict[str, set[int]] = defaultdict(set)
    names = [folded(article.name).lower() for article in articles]
    for place, name in enumerate(names):
        for other in names[:place] + names[place + 1 :]:
            shared = next(
                (length for length in range(min(len(name), len(other)) - 1, 1, -1) if name[-length:] == other[-length:]), 0
            )
            hint = name[:-shared] if shared else ""
            for word in (
                {hint, hint.removesuffix("味"), hint.removesuffix("口味"), hint.removesuffix("味") + "味"}
                if len(hint) >= 2
                else ()
            ):
                if len(word) >= 2:
                    found[word].add(place)
        for inside in re.findall(r"[(【\[]([^)】\]]{1,6})[)】\]]", name):
            found[inside].add(place)
    return {word: tuple(fits) for word, fits in found.items() if len(fits) == 1 and not word.isdigit()}


def _bounded(word: str) -> str:
    """A word that is no part of a longer Latin one."""
    first = word[0]
    before = r"(?<![A-Za-z])" if first.isascii() and first.isalpha() else r"(?<![\d.])" if first.isdigit() else ""
    if first.isascii() and len(word) == 1:
        before = r"(?<![A-Za-z\d])"
    after = r"(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else ""
    return f"{before}{re.escape(word)}{after}"


def _symbols(text: str) -> tuple[str, ...]:
    return tuple(_SYMBOL.findall(text.lower()))


def _grams(symbols: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
    return (symbols[start : start + length] for start in range(len(symbols) - length + 1))
