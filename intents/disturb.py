"""Sentences as hurried people type them: seeded disturbances, to measure robustness with and to train on.

They are made from other sources than the corrections of `intents.normalize`, so that a measurement does not go in a
circle: homophones come from the whole common dictionary (jieba's words and their frequencies, not the shop's words; only
the readings of characters, which are facts, are shared), look-alikes from families of characters that share a component
(a table of their own), slips from neighbouring keys and from fingers that swap, double or drop. Where a disturbance falls is
chance: nothing looks whether it could be undone.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from intents.features import tokenizer
from intents.pinyin import readings

KINDS = ("typos", "homophones", "traditional", "emoji", "unpunctuated", "spaces", "fullwidth")
"""What `disturb` can do to a sentence."""

_EVERY = 8
"""Characters for each change."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MARKS = re.compile(r"(?<!\d)[.:：](?!\d)|[,，。!！?？;；、~～…—“”\"'‘’()（）]|(?<=[\u4e00-\u9fff])[.:：]")
_TRIES = 5
"""A place may have nothing to offer; then another is looked for."""
_USUAL = 8
"""Homophones of a syllable that an input method offers at once."""
_FREQUENT = 30
"""Times that a word must be in jieba's corpora to be offered by an input method."""
_ALONE = 500
"""Times that a character must stand alone there to be offered."""
_DIALECTS = ("s2t", "s2twp", "s2hk")
_EMOJI = (
    *"😂😭😊🙏👍😅🥺😡❤🌹😘🤔😄😁🎉💕🥰😤😢👌💪🙄😓😱🤣✨🔥💦😔👏🐶🍼👗💰📦🎁",
    "[捂脸]",
    "[呲牙]",
    "[流泪]",
    "[玫瑰]",
    "[强]",
)

_FAMILIES = """
青清请情晴睛精静靖 包饱抱泡炮跑胞袍 方放房防访仿妨芳 分份粉纷盼芬吩 工红江功攻缸虹 马吗妈码骂玛 令冷领铃零龄邻 主住注柱驻往
古姑苦故固枯 可何河哥呵柯 皮波破被披坡玻 巴把吧爸爬肥疤
白怕拍伯柏泊 半伴判胖拌 丁订钉打盯灯顶 反饭返版板贩 良粮浪娘狼朗 干肝赶杆旱汗 戋钱浅线贱残 圭挂佳鞋街洼娃 票漂飘标瞟
肖消销稍霄俏削 非排悲辈啡徘 艮很跟根恨狠眼银 昔错借惜腊蜡 票漂膘 果课颗棵裸
生性姓星胜 十什计汁叶 每海梅悔霉酶 莫膜摸模漠慕 退腿褪 化花货华哗靴 各格客络路略落 台抬治始胎怡 由油抽袖邮柚轴 寸时对过衬村
尚赏常掌堂裳 少吵抄秒妙炒沙 争净挣静睁 直值植置 中种钟肿冲忠 成城诚盛
其期欺棋旗基 甬通痛桶勇 者都猪著煮暑 斤近听新析折 占站店粘点战 支技枝肢鼓 责债绩积 采彩菜踩睬 合给拿盒答哈拾恰 今念含吟琴
关送联咲 元玩院完远园 另别拐 力办边加历 天关送 不坏还杯怀否 夬快块决缺
未妹味昧 专转传砖 云运会动坛 见现视规观 里理量埋厘 石拓破研硕 示标际禁 且组姐租祖粗助 氏低底纸抵 失铁跌秩 申伸神审 斥拆诉
召招超绍照 予预野舒 介价阶界 亥该孩核刻咳 交较校效郊胶 羊样洋详鲜着养
尔你称弥 也他她地池 更便硬梗 又双对戏欢 及级极吸 己记纪起改 亡忙忘盲 士志吉 女如好妆安 子好孔孙字 日旧早旱 目看眼泪 心必想思
手拿看拳 水冰泳 火灰灯烧 木林休本体 禾和种香 言信话 贝员货贵 页顶须颜
讠让认设许 氵没汗汁 扌找抢报 纟约红纪 钅钱针钟 饣饭饮饿 衤补被裙 礻社礼神 月肌肤脸 雨雪霜露雷 米粉料精糕 食餐饱 酉酒醒配
身躲射 足跑跟路 走起赶超 车转辆轻 门问间闻闷 广床店底 尸层尺居屋
"""

_SLIPPED = "zh>z ch>c sh>s ang>an eng>en ing>in n>l h>f i>u i>o o>i uo>ou ao>ai ai>ao m>n t>r d>s g>h"
_SLIPS = tuple((old, new) for old, _, new in (slip.partition(">") for slip in _SLIPPED.split()))
"""Slips of a pinyin keyboard and of the ear: what was meant, what came out."""


def disturb(text: str, kind: str, chance: Random) -> str:
    """A sentence with disturbances of one of `KINDS`: about one for every eight characters, at least one where possible.

    Raises ValueError for a kind that does not exist. A sentence that offers nothing to disturb comes back as it was.
    """
    if kind not in _MAKERS:
        raise ValueError(f"no such disturbance: {kind}")
    for _ in range(_TRIES):
        if (disturbed := _MAKERS[kind](text, chance)) != text:
            return disturbed
    return text


def _places(text: str, chance: Random) -> list[int]:
    """Places of Chinese characters to change, from right to left."""
    places = [found.start() for found in _HAN.finditer(text)]
    return sorted(chance.sample(places, min(len(places), _changes(text))), reverse=True)


def _changes(text: str) -> int:
    """How many changes a text of this length gets."""
    return max(1, round(len(text) / _EVERY))


def _typos(text: str, chance: Random) -> str:
    """Look-alikes, and slips of fingers: half of them each."""
    for at in _places(text, chance):
        first = _look if chance.random() < 0.5 else _slip
        second = _slip if first is _look else _look
        changed = first(text, at, chance)
        text = second(text, at, chance) if changed == text else changed
    return text


def _look(text: str, at: int, chance: Random) -> str:
    """One character as another of its family."""
    others = _families().get(text[at], "")
    return text[:at] + chance.choice(others) + text[at + 1 :] if others else text


def _slip(text: str, at: int, chance: Random) -> str:
    """A neighbouring key, or two characters swapped, one doubled, one dropped."""
    slipped = [char for old, new in _SLIPS for char in _respelled(text[at], old, new)]
    if slipped and chance.random() < 0.6:
        return text[:at] + chance.choice(slipped) + text[at + 1 :]
    way = chance.random()
    if way < 0.5 and at + 1 < len(text) and _HAN.match(text[at + 1]):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if way < 0.8:
        return text[: at + 1] + text[at:]
    return text[:at] + text[at + 1 :]


def _respelled(char: str, old: str, new: str) -> tuple[str, ...]:
    """The most frequent characters of the syllable that a slip makes of a character's."""
    spoken = readings().get(char, ("",))[0]
    return tuple(_frequent().get(spoken.replace(old, new, 1), ())[:2]) if old in spoken else ()


@cache
def _families() -> Mapping[str, tuple[str, ...]]:
    """Each character to the others that share its component."""
    table: dict[str, dict[str, None]] = {}
    for family in _FAMILIES.split():
        for char in family:
            table.setdefault(char, {}).update(dict.fromkeys(other for other in family if other != char))
    return {char: tuple(others) for char, others in table.items()}


@cache
def _frequent() -> Mapping[str, tuple[str, ...]]:
    """Each syllable to its characters, as often as they stand alone in jieba's corpora."""
    common = tokenizer(()).FREQ
    groups: dict[str, list[str]] = {}
    for char, spoken in readings().items():
        groups.setdefault(spoken[0], []).append(char)
    return {
        syllable: tuple(sorted(offered, key=lambda char: -(common.get(char) or 0))[:_USUAL])
        for syllable, group in groups.items()
        if (offered := [char for char in group if (common.get(char) or 0) >= _ALONE])
    }


@cache
def _alike() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Pairs of syllables to the words of two characters that an input method offers for them."""
    spoken, groups = readings(), dict[tuple[str, str], list[str]]()
    for word, times in tokenizer(()).FREQ.items():
        if len(word) == 2 and times >= _FREQUENT and word[0] in spoken and word[1] in spoken:
            groups.setdefault((spoken[word[0]][0], spoken[word[1]][0]), []).append(word)
    return {key: tuple(sorted(words)) for key, words in groups.items() if len(words) > 1}


def _homophones(text: str, chance: Random) -> str:
    """The wrong word or character of an input method's list."""
    spoken = readings()
    for at in _places(text, chance):
        word = text[at : at + 2]
        key = tuple(spoken.get(char, ("",))[0] for char in word)
        same = [other for other in _alike().get(key, ()) if other != word] if len(key) == 2 else []
        if same and word in tokenizer(()).FREQ and chance.random() < 0.5:
            text = text[:at] + chance.choice(same) + text[at + 2 :]
            continue
        others = [char for char in _frequent().get(spoken.get(text[at], ("",))[0], ()) if char != text[at]]
        if others:
            # the first of the list is taken by mistake most often
            weights = [1 / (rank + 1) for rank in range(len(others))]
            text = text[:at] + chance.choices(others, weights)[0] + text[at + 1 :]
    return text


@cache
def _converter(dialect: str) -> Callable[[str], str]:
    """OpenCC's converter, made once."""
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are read when they are needed

    convert: Callable[[str], str] = OpenCC(dialect).convert
    return convert


def _traditional(text: str, chance: Random) -> str:
    """As written in Taiwan or Hong Kong."""
    return _converter(chance.choice(_DIALECTS))(text)


def _emoji(text: str, chance: Random) -> str:
    """One or two emoji at the end of the sentence or of a clause."""
    ends = [*(found.end() for found in _MARKS.finditer(text)), len(text), len(text)]
    at, picture, times = chance.choice(ends), chance.choice(_EMOJI), chance.choice((1, 1, 1, 2, 3))
    return f"{text[:at]}{picture * times}{text[at:]}"


def _unpunctuated(text: str, chance: Random) -> str:
    """No marks at all, or a space in their place."""
    return _MARKS.sub(chance.choice(("", "", " ")), text).strip() or text


def _spaces(text: str, chance: Random) -> str:
    """Spaces between characters."""
    for at in _places(text, chance):
        if at:
            text = f"{text[:at]} {text[at:]}"
    return text


def _fullwidth(text: str, chance: Random) -> str:
    """Figures, letters and marks in full width; all of them or only some."""
    share = chance.choice((0.5, 1.0))
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and chance.random() < share else char for char in text)


_MAKERS: Mapping[str, Callable[[str, Random], str]] = {
    "typos": _typos,
    "homophones": _homophones,
    "traditional": _traditional,
    "emoji": _emoji,
    "unpunctuated": _unpunctuated,
    "spaces": _spaces,
    "fullwidth": _fullwidth,
}
