"""What a guarded character may be disguised as: by sound, by look, taken apart, as letters of pinyin, as a picture.

The tables of looks, parts and pictures are written by hand from what is seen in shop talk.
"""

import re
from collections.abc import Mapping
from functools import cache
from itertools import takewhile

from scripts.lint.fluent import FLUENT
from scripts.lint.sounds import SOUNDS
from scripts.lint.words import WORDS

_LOOKS = """
最酔嶵取蕞冣嘬撮 好妤女姅郝孬 评坪苹泙枰萍抨 返反仮板扳皈迈 现见视规觋砚琄 治冶台怡始洽 疗疔辽疖疠 炎焱燚灸淡火啖 愈愉癒
根跟恨茛垠很限 药约葯玓钓 癌岩嵒嵓癍 级圾极汲及圾岌 第弟苐笫涕 一壹1丨—ー―–幺乙 国囯囶园圆团 家傢稼嫁宋 包抱色勺勹苞炮雹
保堡褓呆葆 证正怔政 绝色艳絶 对对怼 佳住隹圭桂奎 顶项盯叮酊 尖类尘 致至玫 低底氐坻抵砥 价介阶 销肖消 量里晕 冠寇 军车晕
瘦廋叟 减咸 肥肌 祛怯袪 痘豆逗 斑班癍 疤巴笆 消肖硝 毒每母毐 抗杭坑亢 糖塘溏 降绛 血皿 压厌庄 脂指旨 免兔 疫役 返迈 钱浅戋线
利刘 红江工虹 领令岭 券卷劵 拉垃位 头买 分兮 佣拥用 躺淌倘 赚嫌谦歉 验险检 码玛蚂 密蜜 身射 份分 银很根 卡咔 益溢 智知 奶乃
母毋 稳隐 赔陪倍培 收牧 益盆 特持待 供共洪 效郊校交 副福付 作乍做 用甩角甪 百白伯柏 五伍5吾 星猩腥 三叁3仨 二贰2 减碱 药菂
神伸 秘密泌 方万 史吏 全仝荃 网冈罔 第递 疹诊 湿显 燃然 胸凶 发友 补朴 肾贤 肝肚 胃谓 医匠 美羙 白自曰 强弓 日曰 优尤忧扰 高膏
先洗 进井 新薪 国图
"""
"""A character and those that are mistaken for it; digits by their figures."""

_PARTS = """
女子好 讠平评 言平评 又辶反 辶反返 王见现 玉见现 氵台治 三台治 疒了疗 火火炎 彳艮很 木艮根 疒嵒癌 疒品癌 纟及级 竹弟第
囗玉国 口玉国 宀豕家 亻呆保 讠正证 言正证 纟色绝 又寸对 亻圭佳 丁页顶 小大尖 氐亻低 亻氐低 亻介价 钅肖销 日里量 氵肖消
三肖消 疒叟瘦 冫咸减 月巴肥 衤去祛 疒豆痘 疒巴疤 扌亢抗 米唐糖 阝夅降 疒殳疫 月旨脂 钅戋钱 纟工红 令页领 扌立拉 亻用佣
身尚躺 贝兼赚 马佥验 石马码 讠人认 木又权 矢日智 女乃奶 孚乚乳 禾急稳 贝咅赔 亻共供 攵交效 交力效 交攵效 亻乍作 日生星 亻尤优
艹约药 艹勺药 一日取最 日取最 曰取最 亻中仲 弓虽强 巾凡帆 白勺的 禾中种 禾厶私 月凶胸 火然燃 衤卜补 衤末袜 氵显湿 疒今疹
亻分份 礻申神 足艮跟 金良银 钅良银 口乞吃 又欠欢 矢豆短 月土肚 忄夬快 亻门们 疒俞愈 疒有痏 疒各痛 亻更便 宀玉宝 士口吉
八刀分 氵先洗 月干肝 田月胃 亠古高 一白百 口十叶 亻壬任 工力功 立占站 羊大美 亻弋代 王里理 一土王 扌是提 亻昌倡 车专转
贝反贩 人言信 亻言信 木几机
"""
"""Two parts, side by side, and the character that they were taken from."""

_PICTURES = """
👍好 👌好 💁好 🈴合 🈶有 🔥火 🐔级 ⬇低 👇低 🏠家 🏡家 ☝第 💋美 🦷牙 🥩肉 🌟星 📷晒 ⚡电 🈵满 🍐利 🐟愈 🌞日 ☀日 🌧雨 📞电
🌸花 💪强 🍎评 🍏评 🧄蒜 🏦银 💎钻 🐏养 🐑养 🐴马
"""
"""A picture and the character that it stands for in the middle of a word; in any other place it is a picture."""


_BLURRED = re.compile(r"^([zcs])h|ng$")
"""What many speakers do not keep apart from z, c, s and n."""


@cache
def pictures() -> frozenset[str]:
    """Pictures that may stand for a character in the middle of a word."""
    return frozenset(row[0] for row in _PICTURES.split())


@cache
def readings() -> Mapping[str, frozenset[str]]:
    """Each character of a guarded sound to its syllables."""
    found: dict[str, set[str]] = {}
    for group in SOUNDS.replace("\n", "").split("|"):
        syllable = "".join(takewhile(str.isascii, group))
        for char in group[len(syllable) :]:
            found.setdefault(char, set()).add(syllable)
    return {char: frozenset(several) for char, several in found.items()}


@cache
def guarded() -> frozenset[str]:
    """All characters of guarded words."""
    return frozenset("".join(WORDS))


@cache
def stands_for() -> Mapping[str, tuple[str, ...]]:
    """A character to the guarded ones that it may be a disguise of."""
    spoken = readings()
    by_sound: dict[str, list[str]] = {}
    for target in sorted(guarded()):
        for syllable in spoken.get(target, ()):
            by_sound.setdefault(syllable, []).append(target)
    table: dict[str, dict[str, None]] = {}
    for char, several in spoken.items():
        table[char] = {target: None for syllable in several for target in by_sound.get(syllable, ()) if target != char}
    for row in f"{_LOOKS} {_PICTURES}".split():
        pairs = [(char, row[0]) for char in row[1:]] if row in _LOOKS else [(row[0], row[-1])]
        for char, target in pairs:
            if target in guarded() and char != target:
                table.setdefault(char, {})[target] = None
    return {char: tuple(targets) for char, targets in table.items() if targets}


@cache
def worn_by() -> Mapping[str, tuple[str, ...]]:
    """A guarded character to those that may stand for it."""
    table: dict[str, list[str]] = {}
    for char, targets in stands_for().items():
        for target in targets:
            table.setdefault(target, []).append(char)
    return {target: tuple(chars) for target, chars in table.items()}


@cache
def parts() -> Mapping[str, str]:
    """Two parts to the character that they were taken from."""
    return {row[:2]: row[2] for row in _PARTS.split() if len(row) == 3 and row[2] in guarded()}


@cache
def syllables() -> Mapping[str, frozenset[str]]:
    """A syllable, as it is spelt or as many people type it, to the guarded characters that are read so."""
    found: dict[str, set[str]] = {}
    for target in guarded():
        for syllable in readings().get(target, ()):
            for typed in (syllable, _BLURRED.sub(lambda one: one[1] or "n", syllable)):
                found.setdefault(typed, set()).add(target)
    return {syllable: frozenset(targets) for syllable, targets in found.items()}


@cache
def _followers() -> Mapping[str, frozenset[str]]:
    return {group[0]: frozenset(group[1:]) for group in FLUENT.replace("\n", "").split("|") if group}


def usual(first: str, second: str) -> bool:
    """Whether two characters side by side are a usual word."""
    return second in _followers().get(first, ())


FREE = frozenset(
    "了是在和有他不我的人也为就这上年中你说一到都等着对来与地还要又大而之道以得她个后去将那但从下把被于时只多过可并能会出或日由里用"
    "所向已其给很看使前新想却它见小更如再才便没走做让内及听成各事号叫两此无们请您吗呢吧啊呀哦嘛同跟比像则虽因且与每某自本该当"
)
"""Characters that are at home anywhere by themselves: no evidence that they stand for another one."""
