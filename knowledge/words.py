"""Read a sentence as retrieval needs it: index terms, content words, what is negated, which numbers it names.

Everything here is a table or a regular expression over text that the brand's own `normalize` has already folded
(width, case, traditional characters). Spoken variants of the same little word (咋/怎么, 能不能/可以/能) are brought to
one form first, because a stored question of eight characters has no room for them to differ.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_SAME: Final = {
    "怎么": "咋样 怎么样 怎样 咋个 咋 如何",
    "何时": "什么时候 啥时候 什么时间 啥时间 几时 多会儿",
    "多久": "多长时间 多少时间 多少天 几天 几日 多少日 多长",
    "什么": "啥子 啥 神马 甚么 ",
    "能": "可不可以 可以不可以 是否可以 是否能 能不能 能否 可否 可以 行不行 能够",
    "有": "有没有 有木有 有无 是否有",
    "是": "是不是 是否",
    "会": "会不会 是否会",
    "要": "要不要 是否要 需不需要 需要 用不用",
    "多少钱": "什么价格 什么价 啥价格 啥价 几块钱 几元 多少元 多少块 怎么卖 咋卖",
    "没有": "木有 没得 冇",
    "哪里": "哪儿 哪边 什么地方 啥地方",
    "怎么办": "咋办 咋整",
    "为什么": "为啥 为何 怎么回事 咋回事 凭什么 干嘛",
    "运费": "邮费 快递费 物流费 邮寄费 配送费",
    "包邮": "免邮 免运费 包运费",
    "快递": "物流",
    "划算": "合算",
    "双11": "双十一",
    "双12": "双十二",
    "客服": "人工客服 人工",
}
_VARIANTS: Final = {said: form for form, row in _SAME.items() for said in row.split()}
_VARIANT: Final = re.compile("|".join(sorted(map(re.escape, _VARIANTS), key=len, reverse=True)))
_GREETING: Final = re.compile(r"^(?:(?:亲+(?=[ 你您请在]|$)|亲爱的|你好|您好|在吗|在不在|hi|hello|哈喽|嗨)[呀啊哦]?\s*)+")
_POLITE: Final = re.compile(
    r"^(?:另外|对了|顺便|还有就是)+|(?:麻烦|请|我?想)?(?:问一下|问下|请教一下|咨询一下|咨询下)|请问(?:一下|下)?|麻烦|谢谢|感谢",
)
_GAP: Final = re.compile(r"[\W_]+")
_A_NOT_A: Final = re.compile(r"([\u4e00-\u9fff])[不没]\1")
_TAIL: Final = re.compile(r"(?:[吗呢啊呀吧嘛哦噢哈呗啦咯哟喔了的亲不没]|没有|(?<![什怎那这多要])么)+(?= |$)")
_PARTICLE: Final = re.compile(r"[吗呢啊呀吧嘛哦噢哈呗啦咯哟喔]+")
_NEGATION: Final = re.compile(
    r"(?:没有|不|没|未|别|勿|无法)(?!过|错|好意思|知道|仅|管|然|同|断|关系|事|理由|止|论|少|起|久|客气)"
    r"[能会可想要是太怎得让给用再被]{0,2}([\u4e00-\u9fffa-z])"
)
_CODE: Final = re.compile(r"\d+(?:\.\d+)?|[a-z][a-z0-9+]*")
_NUMERAL: Final = re.compile(
    r"([二两三四五六七八九十百千]+|[一二两三四五六七八九]?十[一二三四五六七八九]?)"
    r"(?=天|日|周|月|个|年|小时|岁|元|块|斤|件|瓶|盒|箱|折|号|码|星|倍)"
)
_DIGIT: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNIT: Final = {"十": 10, "百": 100, "千": 1000}
_FUNCTION_LINES: Final = """
的 了 吗 呢 啊 呀 吧 么 嘛 哦 哈 呗 啦 地 得 着 过 把 被 给 让 跟 和 与 或 在 从 对 向 到
就 才 都 也 还 又 再 很 太 挺 好 最 更 比较 一下 一点 一些 有点 这 那 这个 那个 这些 那些 这里
那里 这样 那样 我 你 您 他 她 它 我们 你们 咱们 他们 人家 自己 大家 什么 怎么 哪里 哪个 谁 几
多少 何时 为什么 是 有 没有 没 不 能 会 要 想 应该 必须 请 如果 的话 要是 因为 所以 但是 但 不过
然后 现在 里 上 下 中 家 个 们 东西 问题 事 时候 之后 以后 之前 后 前 说 看 看看 知道 觉得 哎
诶 嗯 唉 喂 亲 一 这么 那么 真的 到底 究竟 直接 可 用 做 弄 搞
"""
_FUNCTION_WORDS: Final = frozenset(_FUNCTION_LINES.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as the retrievers and the features see it."""

    text: str
    """Folded, but otherwise as it was said: what an encoder should see."""
    key: str
    """What is left without politeness, particles and punctuation: two sentences with one key are one question."""
    terms: tuple[str, ...]
    """Index terms with repetition: words, characters and pairs of characters."""
    content: tuple[str, ...]
    """Words that carry meaning, each once, sorted; all words where a sentence has only function words."""
    negated: frozenset[str]
    """First characters of what is denied: 拆封了还能退 has none, 不能退 has 退."""
    numbers: frozenset[str]
    """Numbers, model names and other Latin words: what must agree to the letter."""


class Reader:
    """Reads sentences with the brand's own words; immutable, deterministic, safe to share between threads."""

    def __init__(self, normalize: Callable[[str], str], words: Iterable[str] = ()) -> None:
        """`words`: the brand's vocabulary (names of products, series, stores) that a general dictionary cuts apart."""
        self.normalize = normalize
        self.given = tuple(words)
        """The words as they were given."""
        # Kept beside jieba instead of inside it: its dictionary is one for the whole process, brands are many.
        self.words = frozenset(word for raw in self.given if len(word := spoken(normalize(raw)).replace(" ", "")) > 1)
        self._lengths = tuple(sorted({len(word) for word in self.words}))

    def read(self, text: str) -> Reading:
        """The sentence's reading; any string is fine, an empty one gives an empty reading."""
        import jieba  # noqa: PLC0415 - whoever loads its dictionary shall import it first

        folded = self.normalize(text)
        line = spoken(folded)
        key = line.replace(" ", "")
        words = [word for part in line.split() for word in jieba.dt.cut(part)]
        words.extend(self._own(key))
        pairs = [part[at : at + 2] for part in line.split() for at in range(len(part) - 1)]
        singles = [sign for sign in key if not sign.isascii()]
        terms = [*singles, *pairs, *(f"w:{word}" for word in words if len(word) > 1 or word.isascii())]
        content = sorted(set(words) - _FUNCTION_WORDS or set(words))
        negated = frozenset(found[1] for found in _NEGATION.finditer(line))
        return Reading(folded, key, tuple(terms), tuple(content), negated, frozenset(_numbers(line)))

    def reads(self, normalize: Callable[[str], str], words: Iterable[str]) -> bool:
        """Whether a reader of these would read as this one does."""
        return self.normalize is normalize and self.given == tuple(words)

    def again(self, text: str, known: Reading, reader: "Reader") -> Reading:
        """The same as `read`, with what another reader made of this sentence: cut anew only where this one reads otherwise."""
        if reader is self or (reader.words == self.words and self.normalize(text) == known.text):
            return known
        return self.read(text)

    def _own(self, key: str) -> Iterator[str]:
        for length in self._lengths:
            for at in range(len(key) - length + 1):
                if (piece := key[at : at + length]) in self.words:
                    yield piece


def spoken(line: str) -> str:
    """The line without what does not change its question; parts that punctuation divided stay apart by a space."""
    line = _GAP.sub(" ", line.casefold()).strip()
    line = _GREETING.sub("", line).strip() or line
    line = _POLITE.sub("", line).strip() or line
    line = _VARIANT.sub(lambda found: _VARIANTS[found[0]], line)
    line = _A_NOT_A.sub(r"\1", line)
    line = _PARTICLE.sub("", _TAIL.sub("", line)).strip() or line
    return _GAP.sub(" ", line)


def _numbers(line: str) -> Iterator[str]:
    yield from _CODE.findall(line)
    for found in _NUMERAL.finditer(line):
        yield str(_value(found[0]))


def _value(numeral: str) -> int:
    """二十八 → 28; numerals up to the thousands, as they stand before a measure word."""
    total, digit = 0, 0
    for sign in numeral:
        if sign in _UNIT:
            total += (digit or 1) * _UNIT[sign]
            digit = 0
        else:
            digit = _DIGIT[sign]
    return total + digit
