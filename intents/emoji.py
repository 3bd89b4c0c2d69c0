"""Emoji as meaning: one vocabulary of WeChat's own bracketed codes, whichever keyboard or platform they came from.

The table is written by hand from what Chinese shoppers use; skin tones, joiners and presentation marks are gone before
it is asked.
"""

from collections.abc import Mapping

_FACES = """
微笑🙂 愉快😊☺😌😇 开心😄😀😃😆😸😺🤗 呲牙😁😬 笑哭😂🤣😹 喜欢🥰🤩😻 色😍 亲亲😘😚😗😙💋😽 调皮😜😛😝🤪😋 偷笑🤭😏 得意😎🤓🧐
害羞🫣
大哭😭😿 流泪😢🥲🥹 难过😞😔😟😣😖😩😫☹🙁😕😥🫤 可怜🥺 发怒😡😠💢👿😾🤯 骂人🤬🖕 生气😤 撇嘴😒🫥 白眼🙄 无语😑😶🌚🫠😐
汗😓😅😰💦 惊恐😱😨🙀👻☠💀
惊讶😳😮😯😲😦😧🫢🫨 疑问🤔🤨🧐❔❓ 嘘🤫🤐 吐🤮🤢 生病😷🤒🤧 受伤🤕🩹🩸 困😴😪🥱💤 晕😵💫🥴 捂脸🤦 摊手🤷 酷🆒 小丑🤡 坏笑😈
便便💩 热🥵☀🌞 冷🥶⛄❄ 馋🤤 钱🤑
"""
_HANDS = """
强👍🤙 弱👎 OK👌🆗🙆 合十🙏🛐 握手🤝 鼓掌👏🙌 加油💪✊👊🤛🤜 胜利✌🤞 再见👋🖐 举手🙋✋🤚🖖☝👆 拥抱🫂 爱你🤟
爱心❤🧡💛💚💙💜🖤🤍🤎💕💖💗♥💓💞💝💘💟❣🫶🩷🩵🩶🏩
心碎💔 拒绝🙅🚫⛔📵🔞 磕头🙇 跑🏃 跳舞💃🕺 看👀👁 指👉👈👇🫵 拳头👊 拍照📷📸🤳
"""
_THINGS = """
玫瑰🌹💐🥀 花🌸🌺🌻🌷🌼💮🏵 庆祝🎉🎊🥳🎈✨🎆🎇🪅 蛋糕🎂🍰🧁 礼物🎁🎀 红包🧧 钱💰💸💵💴💶💷🪙💲 银行卡💳 包裹📦 快递🚚🚛📮
飞机✈🛫🛬 火🔥 狗🐶🐕🐩 猫🐱🐈 鸡🐔🐓🐤🐥🐣
鸭🦆 猪🐷🐖🐽 牛🐮🐂🐄 鱼🐟🐠🎣 虾🦐 龙虾🦞 螃蟹🦀 生蚝🦪 宝宝👶🍼🚼 男孩👦 女孩👧 男人👨 女人👩 老人👴👵 孕妇🤰🤱 太阳🌤
月亮🌙🌛🌜🌝 下雨🌧☔⛈ 闪电⚡ 星星⭐🌟💥
苹果🍎🍏 梨🍐 橙子🍊 柠檬🍋 香蕉🍌 西瓜🍉 葡萄🍇 草莓🍓🫐 樱桃🍒 桃子🍑 芒果🥭 菠萝🍍 猕猴桃🥝 番茄🍅 茄子🍆 玉米🌽 辣椒🌶
白菜🥬🥦 土豆🥔 鸡蛋🥚🍳 牛奶🥛 面包🍞🥐🥖 肉🍖🍗🥩🥓 饭🍚🍱🍛
面条🍜🍝 饺子🥟 咖啡☕ 奶茶🧋 啤酒🍺🍻 红酒🍷🥂 茶🍵 糖🍬🍭🍫 饼干🍪 冰淇淋🍦🍨🍧 裙子👗👘 衣服👕👚🥼🎽 外套🧥 裤子👖🩳
鞋👟👞👠👡👢🥿🩴 袜子🧦 帽子🧢👒🎩 包👜👛🎒👝💼
口红💄 护肤🧴🧖 香皂🧼 指甲💅 戒指💍💎 眼镜👓🕶 手表⌚ 手机📱📲☎📞 电脑💻🖥 电视📺 床🛏🛌 沙发🛋 灯💡 家🏠🏡 商店🏪🏬🏢🏦 医院🏥🚑
药💊 针💉 时间⏰⏳⌛🕐🕒🕔⏱ 日期📅📆🗓 定位📍🗺
笔记📝✍📋📄📃🧾 消息💬💭🗨📩📧✉📢📣🔔 链接🔗 搜索🔍🔎 购物🛒🛍 奖杯🏆🥇🏅🎖 抽奖🎰🎲 优惠券🎫🎟🏷 皇冠👑 骷髅☠ 炸弹💣 刀🔪
警察👮🚨🚔 机器人🤖 完成🔚🏁 圣诞🎄🎅 粽子🫔 月饼🥮
对✅☑✔⭕🉑 错❌❎✘ 警告⚠🚸 新🆕 免费🆓 上🔝🆙 垃圾🗑🚮 雪花❄ 水滴💧 瓶子🍶🏺 中国🇨🇳 日本🇯🇵 韩国🇰🇷 美国🇺🇸 法国🇫🇷 英国🇬🇧 德国🇩🇪
澳洲🇦🇺 新西兰🇳🇿 意大利🇮🇹 泰国🇹🇭 香港🇭🇰
"""
_SIGNS: Mapping[str, str] = {
    "❓": "?", "❔": "?", "❗": "!", "❕": "!", "⁉": "!?", "‼": "!!", "➕": "+", "➖": "-", "✖": "x", "🔙": "退",
    "💯": "100分", "🔴": "红", "⚫": "黑", "⚪": "白", "🔵": "蓝", "🟢": "绿", "🟡": "黄", "🟣": "紫", "🟤": "棕",
    "🅰": "A", "🅱": "B", "🅾": "O", "🅿": "P", "🔟": "10", "➗": "/", "🟰": "=", "➡": "→", "⬅": "←", "〰": "~",
    "🐚": "贝",
}  # fmt: skip
"""Signs that stand for a word or a mark."""

_KAOMOJI: Mapping[str, str] = {
    "T_T": "[大哭]", "TAT": "[大哭]", "T^T": "[大哭]", "QAQ": "[大哭]", "QwQ": "[大哭]", "qwq": "[大哭]", "ToT": "[大哭]",
    "^_^": "[愉快]", "^^": "[愉快]", "^o^": "[开心]", "^3^": "[亲亲]", "-_-": "[无语]", "=_=": "[无语]", "-_-||": "[无语]",
    ">_<": "[难过]", "@_@": "[晕]", "o_o": "[惊讶]", "O_O": "[惊讶]", "╯﹏╰": "[难过]", "╯_╰": "[难过]", "orz": "[跪]",
    "Orz": "[跪]", "OTZ": "[跪]", ":-)": "[微笑]", ":-(": "[难过]", ":-D": "[开心]", "= =": "[无语]",
}  # fmt: skip
"""Faces made of letters, as they look after compatibility folding."""

_SHORTHAND = """
微笑/::) 撇嘴/::~ 色/::B 发呆/::| 得意/:8-) 流泪/::< 害羞/::$ 闭嘴/::X 困/::Z 大哭/::'( 尴尬/::-| 发怒/::@ 调皮/::P 呲牙/::D
惊讶/::O 难过/::( 酷/::+ 汗/:--b
抓狂/::Q 吐/::T 偷笑/:,@P 愉快/:,@-D 白眼/::d 傲慢/:,@o 饥饿/::g 困/:|-) 惊恐/::! 汗/::L 开心/::> 悠闲/::,@ 加油/:,@f
骂人/::-S 疑问/:? 嘘/:,@x 晕/:,@@ 抓狂/::8 衰/:,@!
再见/:bye 汗/:wipe 抠鼻/:dig 鼓掌/:handclap 坏笑/:B-) 哈欠/::-O 鄙视/:>-| 委屈/:P-( 大哭/::'| 阴险/:X-) 亲亲/::* 惊恐/:@x
可怜/:8* 刀/:pd 西瓜/:<W> 啤酒/:beer 咖啡/:coffee
饭/:eat 猪/:pig 玫瑰/:rose 凋谢/:fade 亲亲/:showlove 爱心/:heart 心碎/:break 蛋糕/:cake 闪电/:li 炸弹/:bome 刀/:kn 便便/:shit
月亮/:moon 太阳/:sun 礼物/:gift 拥抱/:hug 强/:strong
弱/:weak 握手/:share 胜利/:v 抱拳/:@) 拳头/:@@ 差劲/:bad 爱你/:lvu 拒绝/:no OK/:ok 爱情/:love 飞吻/:<L> 跳舞/:jump 发抖/:shake
发怒/:<O> 转圈/:circle 磕头/:kotow
"""
"""What WeChat's official-account messages carry in place of its own faces."""

_ENGLISH = """
微笑Smile 撇嘴Grimace 色Drool 发呆Scowl 得意CoolGuy 流泪Sob 害羞Shy 闭嘴Silent 困Sleep 大哭Cry 尴尬Awkward 发怒Angry
调皮Tongue 呲牙Grin 惊讶Surprise 难过Frown 抓狂Scream 吐Puke
偷笑Chuckle 愉快Joyful 白眼Slight 傲慢Smug 困Drowsy 惊恐Panic 开心Laugh 加油Commando 骂人Scold 疑问Shocked 嘘Shhh 晕Dizzy
衰Toasted 骷髅Skull 敲打Hammer 再见Wave 汗Speechless 抠鼻NosePick
鼓掌Clap 坏笑Trick 鄙视Pooh-pooh 委屈Shrunken 大哭TearingUp 阴险Sly 亲亲Kiss 可怜Whimper 刀Cleaver 西瓜Watermelon 啤酒Beer
咖啡Coffee 猪Pig 玫瑰Rose 凋谢Wilt 亲亲Lips 爱心Heart 心碎BrokenHeart
蛋糕Cake 炸弹Bomb 便便Poop 月亮Moon 太阳Sun 礼物Gift 拥抱Hug 强ThumbsUp 弱ThumbsDown 握手Shake 胜利Peace 抱拳Fight 勾引Beckon
拳头Fist 红包Packet 福Blessing 捂脸Facepalm 奸笑Smirk 机智Smart 皱眉Concerned
耶Yeah! 吃瓜Onlooker 加油GoForIt 汗Sweats 天啊OMG 社会社会Respect 旺柴Doge 好的NoProb 打脸MyBad 哇Wow 翻白眼Boring
让我看看LetMeSee 叹气Sigh 苦涩Hurt 裂开Broken 庆祝Party 庆祝Fireworks
"""
"""WeChat's faces where its language is English."""


def _rows(block: str) -> list[tuple[str, str]]:
    """(meaning, what follows it) of each group of a block."""
    rows = []
    for group in block.split():
        end = next((at for at, char in enumerate(group) if at and not _name(char, group[0])), len(group))
        rows.append((group[:end], group[end:]))
    return rows


def _name(char: str, first: str) -> bool:
    """Whether a character still belongs to the meaning: Chinese, or the capitals of OK."""
    return "\u4e00" <= char <= "\u9fff" if not first.isascii() else char in "OK"


def _pictures(block: str) -> dict[str, str]:
    """Each picture to its code; flags are two characters; the first line that has a picture wins."""
    table: dict[str, str] = {}
    for meaning, pictures in _rows(block):
        flags = "\U0001f1e6" <= pictures[0] <= "\U0001f1ff"
        for picture in [pictures] if flags else pictures:
            table.setdefault(picture, f"[{meaning}]")
    return table


_CODES = {shown: f"[{meaning}]" for meaning, shown in _rows(_SHORTHAND)}
_NAMED = {f"[{shown}]": f"[{meaning}]" for meaning, shown in _rows(_ENGLISH)}

EMOJI: Mapping[str, str] = {
    **_pictures(_FACES),
    **{picture: code for picture, code in _pictures(_HANDS + _THINGS).items() if picture not in _pictures(_FACES)},
    **_SIGNS,
}
"""Single pictures (flags: two characters) to codes, marks or words."""

FACES: Mapping[str, str] = {**_KAOMOJI, **_CODES, **_NAMED}
"""Faces written in characters to codes."""
