"""A workspace's names: standard values by the ways people write them, and products by what sets them apart."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from intents.alike import Alike
from intents.confusion import Vocabulary
from intents.finding import Found
from intents.normalize import folded, normalize, vocabulary
from intents.pieces import partial

_MOST_PARTIAL = 20_000
"""Products beyond it are found by their full names only."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONE_BEFORE = frozenset("要买有想是和跟或换的这选拿给款用发送来")
_LONE_AFTER = frozenset("的色款,。!?吗么 呢啊吧~还和跟、有也")
_SHADED = frozenset("不没个件条双瓶支种色浅深淡点变能")
"""Before 白的 and 白一点 these are at home too; 明白一点 and 起早贪黑的 speak of nothing white or black."""
_TITLES = frozenset(("女士", "男士"))
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    "汪田任姜范方石姚谭廖邹熊金陆郝孔崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_NEGATORS = frozenset("无不没零0")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_NO_CITY = re.compile(
    r"(?:[东南西北中]?(?:大?[路街道]|一路|二路|大街|胡同|高速)|大学|大桥|烤鸭|小面|火锅|拉面|热干面|麻花|火腿|板鸭"
    r"|豆腐|米粉|螺蛳粉|小笼|生煎|大肠|银行|汽车|方言|话(?=怎|吗)|菜(?!单|场)"
    r"|苹果|草莓|樱桃|车厘子|大米|香梨|大枣|红枣|蜜?瓜|大闸蟹|玉|丝绸|刺绣|早茶|牡丹|脐橙|荔枝|芒果|普洱|白茶|龙井|酥"
    r"|制造|时间|人寿|石|住了)"
)
_IDIOMS = re.compile(
    r"薅[^,。]{0,3}羊毛|羊毛(?:党|[^,。]{0,2}薅)|夸下海口|磨玻璃|小透明|好奇[怪心地]|起早贪黑|暖宝宝|究竟|鸡毛蒜皮"
    r"|牛皮癣|吹牛皮|白开水|红包|黑名单|黄牛|绿色通道|粉丝|蓝牙|白条|黑心|红绿灯|苹果(?:手机|系统|[0-9])|小米手机"
)
"""Phrases in which a name is not meant."""
_COMMON = frozenset(("concern", "color", "flavor", "scent"))
"""Slots whose names are everyday words."""
_SPACED_FROM = 3
"""Characters from which on a name is also known with a space inside."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Spellings to standard values, ready to be looked up at each place of a sentence."""

    names: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Normalised lower-case spelling to its (slot, standard value) pairs."""
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """First character of a spelling to the lengths that occur, longest first."""
    alike: Alike = field(default_factory=Alike)
    """The same spellings by their sound and their letters."""
    vocabulary: Vocabulary | None = field(default=None, compare=False)
    """The same names as they are written, which normalising shall not correct away."""

    @staticmethod
    def build(spellings: Mapping[str, Mapping[str, Sequence[str]]], products: Sequence[tuple[str, str]] = ()) -> "Gazetteer":
        """A gazetteer of ``{slot: {standard: spellings}}`` and of products as (sku, name).

        A standard value of digits alone (size 38) or of one letter (S) is no spelling of itself, for every price and every
        's would be one.
        """
        names = _names(spellings, products)
        lengths: dict[str, set[int]] = {}
        for key in names:
            lengths.setdefault(key[0], set()).add(len(key))
        known = {key: tuple(found) for key, found in names.items()}
        return Gazetteer(
            known,
            {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
            Alike.of(known),
            vocabulary(_written(spellings, products)),
        )

    def words(self) -> tuple[str, ...]:
        """All spellings in characters, for a word segmenter."""
        return _segmentable(self.names)

    def find(self, text: str) -> Iterator[Found]:
        """The names of a normalised sentence, from left to right: as they are written, then by sound and with slips."""
        lower = text.lower()
        if len(lower) != len(text):
            lower = text
        taken = [*self._exact(lower)]
        if taken and (idioms := [found.span() for found in _IDIOMS.finditer(lower)]):
            taken = [one for one in taken if not any(_inside(one[0], one[1], *span) for span in idioms)]
        if " " in lower:
            taken += self._spaced(lower, taken)
        near = [(start, end, name) for start, end, name in self.alike.find(lower) if _free(start, end, taken)]
        taken += near
        for start, end, name in sorted(taken):
            for slot, standard in self.names[name]:
                if slot != "city" or not _NO_CITY.match(lower, end):
                    yield Found(slot, standard, start, end)

    def _exact(self, lower: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, name): the longest name at each place, unless a longer one begins inside it."""
        at = 0
        while at < len(lower):
            length = self._longest(lower, at)
            if length and not self._outdone(lower, at, length):
                yield at, at + length, lower[at : at + length]
                at += length
            else:
                at += 1

    def _outdone(self, lower: str, at: int, length: int) -> bool:
        """Whether a better name begins inside and reaches beyond: 无香|精 is the end of 香精, 皮|肤干 is not."""
        for inner in range(at + 1, at + length):
            other = self._longest(lower, inner)
            if inner + other > at + length and (other > length or (other == length and lower[at] in _NEGATORS)):
                return True
        return False

    def _spaced(self, lower: str, taken: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
        """Names written with a space between their characters: 雅诗 兰黛."""
        gaps = [found.start() for found in _GAP.finditer(lower)]
        if not gaps:
            return
        places = [index for index in range(len(lower)) if index not in gaps]
        for start, end, name in self._exact("".join(lower[index] for index in places)):
            first, last = places[start], places[end - 1] + 1
            if end - start >= _SPACED_FROM and last - first > end - start and _free(first, last, taken):
                yield first, last, name

    def _longest(self, lower: str, at: int) -> int:
        """Length of the longest name that begins here; 0 for none."""
        for length in self.lengths.get(lower[at], ()):
            name = lower[at : at + length]
            if len(name) == length and name in self.names and _stands(lower, at, at + length):
                return length
        return 0


def _inside(start: int, end: int, first: int, last: int) -> bool:
    """Whether a span is a part, and not all, of another."""
    return first <= start and end <= last and last - first > end - start


def _free(start: int, end: int, taken: Sequence[tuple[int, int, str]]) -> bool:
    """Whether a span overlaps none that is taken."""
    return all(end <= first or start >= last for first, last, _ in taken)


def _stands(text: str, start: int, end: int) -> bool:
    """Latin names need word edges; a lone character needs neighbours that let it be a word."""
    name = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    if (_latin(name[0]) and _latin(before)) or (_latin(name[-1]) and _latin(after)) or (name in _TITLES and before in _SURNAMES):
        return False
    if _latin(name) or (len(name) > 1 and not (len(name) == 2 and name[1] == "的") and not name.endswith("一点")):
        return True
    if _HAN.match(before) and before not in _LONE_BEFORE and not (len(name) > 1 and before in _SHADED):
        return False
    return len(name) > 1 or ((not after or after in _LONE_AFTER) and not before.isdigit())


def spelt(spellings: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[str, ...]:
    """The `words` of a gazetteer of these spellings, without the work of building it."""
    return _segmentable(_names(spellings, ()))


def _segmentable(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if 2 <= len(name) <= 8 and _HAN.search(name)))


def _names(
    spellings: Mapping[str, Mapping[str, Sequence[str]]], products: Sequence[tuple[str, str]]
) -> dict[str, dict[tuple[str, str], None]]:
    names: dict[str, dict[tuple[str, str], None]] = {}
    for slot, standards in spellings.items():
        for standard, written in standards.items():
            for spelling in (standard, *written):
                for key in _keys(slot, str(spelling), (standard, *written)):
                    if spelling in written or not _bare(key):
                        names.setdefault(key, {})[slot, standard] = None
    for sku, name in products:
        if len(key := _key(name)) >= 2:
            names.setdefault(key, {})["product", sku] = None
    keyed = [(sku, _key(name)) for sku, name in products[:_MOST_PARTIAL]]
    for part, sku in partial(keyed, names):
        names.setdefault(part, {})["product", sku] = None
    return names


def _keys(slot: str, spelling: str, family: Sequence[str]) -> tuple[str, ...]:
    """How a spelling appears in text: as it is written, and as normalising leaves it.

    Normalising may take a name for a misspelt word; what then comes out (红棕 → 红肿) is the name only in slots whose names
    are rare words, or where it is another spelling of the same value.
    """
    raw, key = folded(spelling).lower(), _key(spelling)
    if raw == key or not key:
        return (raw,) if raw else ()
    mistaken = slot in _COMMON and len(raw) == len(key) and key not in family
    if mistaken or (spelling.isascii() and _HAN.search(key) and key not in family):
        return (raw,)
    return (raw, key)


def _written(spellings: Mapping[str, Mapping[str, Sequence[str]]], products: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Every name as somebody wrote it down."""
    for standards in spellings.values():
        for standard, written in standards.items():
            yield str(standard)
            yield from map(str, written)
    yield from (name for _, name in products)


def _bare(key: str) -> bool:
    """Digits alone or one letter."""
    return key.isdigit() or (len(key) == 1 and key.isascii())


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


@lru_cache(maxsize=8192)
def _key(spelling: str) -> str:
    """A spelling as it appears in normalised, lower-case text; a workspace is asked for its spellings several times."""
    return normalize(str(spelling)).text.lower()
