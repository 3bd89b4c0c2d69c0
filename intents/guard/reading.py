"""A message without its disguise: one script and width, nothing between the characters, pinyin and homophones heard.

Two views of the same text are looked at. ``flat`` holds Chinese characters, letters and figures and nothing else. ``sound`` is as
long and holds for each character the private sign of how it sounds (`intents.pinyin`), for letters that are pinyin one sign a
syllable, so that 涮单, 刷dan and shua单 are all heard as 刷单.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from intents.normalize import folded
from intents.pinyin import sign, sounds, syllables

_PLUS = re.compile(r"[➕✚﹢＋+]|\[加\]")
_HEART = re.compile(r"(?<=[薇威微徽维唯嶶葳v加])[\W_]*(?:[❤♥♡💗💕💚💙💛💜🧡🩷🖤]|心(?=[号:：a-z0-9]))[\W_]*", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://)?(?:[a-z0-9\-]{1,40}\.)+(?:com|cn|net|top|xyz|vip|cc|club|shop|site|ly|io|me|app|live|link|example|info|icu|fun|tk|co)"
    r"(?![a-z0-9])(?::\d+)?(?:[/?#][^\s\u4e00-\u9fff，。；！？]*)?",
    re.IGNORECASE,
)
_APART = {
    "力口": "加", "耳只": "职", "贝代": "贷", "代贝": "贷", "贝兼": "赚", "君羊": "群", "车专": "转", "石马": "码", "令页": "领",
    "贝勾": "购", "禾厶": "私", "耳卯": "聊", "衤果": "裸", "采彡": "彩", "贝者": "赌", "石欠": "砍", "亻用": "佣", "金戋": "钱",
    "木又": "权", "纟合": "给", "彳微": "微", "人言": "信", "亻言": "信", "勹巳": "包", "女且": "姐", "口卬": "叩",
}  # fmt: skip
"""Characters taken apart that `intents.variants` leaves alone, because they are usual side by side elsewhere."""
_TAKEN = re.compile("|".join(_APART))
_DROP = re.compile(r"[^\u3400-\u9fff\ue000-\uefffa-z0-9+]+")
_NUMERALS = "0零〇洞 1一壹幺 2二贰两 3三叁 4四肆 5五伍 6六陆 7七柒拐 8八捌 9九玖勾"
_DIGITS = str.maketrans({char: group[0] for group in _NUMERALS.split() for char in group[1:]})
_TOKEN = re.compile(r"[a-z]{2,}|.", re.DOTALL)
_LONE = re.compile(r"(?<=[\u4e00-\u9fff])[a-pr-uw-z](?=[\u4e00-\u9fff])")
"""A letter put between characters; v and q are words of their own here."""
_LONGEST = 400
"""Characters that are looked at: whoever hides behind more has written no message."""


@dataclass(frozen=True, slots=True)
class Read:
    """A message as the guard looks at it."""

    plain: str
    """Folded and in lower case, its marks and spaces still there, links cut out."""
    flat: str
    sound: str
    places: tuple[int, ...]
    """For each sign of ``sound``, where in ``flat`` it begins; one more for the end."""
    figures: str
    """``flat`` with all numerals as figures."""
    links: tuple[str, ...]


@lru_cache(maxsize=1024)
def read(text: str) -> Read:
    """Look through a message."""
    raw = folded(text[:_LONGEST]).lower()
    links = tuple(found[0] for found in _URL.finditer(raw))
    plain = _URL.sub(" ", raw) if links else raw
    plain = _TAKEN.sub(lambda found: _APART[found[0]], _HEART.sub("信", _PLUS.sub("+", plain)))
    flat = _DROP.sub("", plain)
    flat = _LONE.sub("", flat)
    sound, places = _heard(flat)
    return Read(plain, flat, sound, places, flat.translate(_DIGITS), links)


def _heard(flat: str) -> tuple[str, tuple[int, ...]]:
    """How a flat text sounds, and where each sign comes from."""
    signs: list[str] = []
    places: list[int] = []
    for token in _TOKEN.finditer(flat):
        at = token.start()
        for part in (len(token[0]) > 1 and _spoken(token[0])) or token[0]:
            signs.append(sign(part) if len(part) > 1 else part.translate(sounds()))
            places.append(at)
            at += len(part)
    return "".join(signs), (*places, len(flat))


@cache
def _known() -> frozenset[str]:
    return frozenset(one for one in syllables() if len(one) > 1)


@lru_cache(maxsize=1024)
def _spoken(run: str) -> tuple[str, ...] | None:
    """Letters as syllables of pinyin, the fewest; None where they are none."""
    best: list[tuple[str, ...] | None] = [(), *([None] * len(run))]
    for end in range(2, len(run) + 1):
        for begin in range(max(0, end - 6), end - 1):
            before = best[begin]
            if (
                before is not None
                and run[begin:end] in _known()
                and (best[end] is None or len(before) + 1 < len(best[end] or ()))
            ):
                best[end] = (*before, run[begin:end])
    return best[len(run)]


@cache
def heard(word: str) -> str:
    """How a word of Chinese characters sounds."""
    return word.translate(sounds())
