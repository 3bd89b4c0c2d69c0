"""Characters that look like others: variants, lone radicals, letters of other scripts, words taken apart.

Everything here is certain: none of the left-hand sides is written in Chinese shop talk for its own sake.
"""

from collections.abc import Mapping

_SIMPLE = """
妳你 祢你 牠它 麽么 嚒么 劵券 伱你 沵你 鉨你 涐我 吥不 咘不 鈊心 訫心 恠怪 媞是 嘚的 啲的 尐少
冇没有 嘅的 佢他 嚟来 畀给 咗了 喺在 睇看 𠮶那 哋们 嘢东西 咁这么
⺠民 ⻁虎 ⻄西 ⻅见 ⻆角 ⻉贝 ⻋车 ⻓长 ⻔门 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻬齐 ⻮齿
⻰龙 ⺢水 ⺣火 ⺼肉
ᴀA ʙB ᴄC ᴅD ᴇE ꜰF ɢG ʜH ɪI ᴊJ ᴋK ʟL ᴍM ɴN ᴏO ᴘP ʀR ꜱS ᴛT ᴜU ᴠV ᴡW ʏY ᴢZ
❶1 ❷2 ❸3 ❹4 ❺5 ❻6 ❼7 ❽8 ❾9 ❿10 ➀1 ➁2 ➂3 ➃4 ➄5 ➅6 ➆7 ➇8 ➈9 ➉10 ➊1 ➋2 ➌3 ➍4 ➎5 ➏6 ➐7 ➑8 ➒9 ➓10 ⓿0 ⓵1 ⓶2 ⓷3 ⓸4 ⓹5 ⓺6 ⓻7 ⓼8 ⓽9 ⓾10
"""
"""A character and what it stands for; Cantonese characters that only Cantonese has are among them."""

_SQUARED = {chr(0x1F170 + at): chr(65 + at) for at in range(26)}
_ROUND = {chr(0x1F150 + at): chr(65 + at) for at in range(26)}

_RADICALS = """
亻尔你 亻言信 亻也他 亻门们 亻故做 亻十什 亻介价 亻弋代 亻更便 亻主住 亻立位 亻牛件 亻以似 亻氐低 亻象像 亻昔借 亻共供 亻呆保
亻专传 亻到倒 亻吉佳 亻壬任 亻寺侍 亻足促 亻廷侹
氵去法 氵又汉 氵每海 氵由油 氵工江 氵先洗 氵舌活 氵青清 氵票漂 氵肖消 氵西洒 氵包泡 氵主注 氵气汽 氵夜液 氵酉酒 氵替潜 氵曷渴
氵显湿 氵林淋 氵同洞 氵斩渐
扌戈找 扌巴把 扌丁打 扌奂换 扌斥拆 扌由抽 扌包抱 扌非排 扌召招 扌是提 扌隹推 扌殳投 扌妾接 扌安按 扌戋找 扌立拉 扌白拍 扌合拾
扌星提 扌少抄
讠青请 讠寸讨 讠果课 讠射谢 讠舌话 讠兑说 讠人认 讠平评 讠十计 讠己记 讠丁订 讠正证 讠周调 讠吾语 讠某谋 讠方访
钅戋钱 钅良银 钅令铃 钅昔错 钅肖销 钅失铁 纟合给 纟工红 纟及级 纟吉结 纟且组 纟录绿 纟冬终 纟田细 纟屯纯 纟东练
忄夬快 忄青情 忄每悔 忄白怕 忄曼慢 忄生性 忄亡忙 忄董懂 忄昔惜 辶艮退 辶不还 辶文这 辶力边 辶元远 辶寸过 辶井进 辶关送 辶云运
辶首道 辶告造 辶反返 辶斤近 辶米迷 辶束速 辶先选 辶车连
饣反饭 饣并饼 饣包饱 饣交饺 衤库裤 衤谷裕 衤由袖 衤君裙 衤末袜 衤卜补 礻申神 礻畐福 礻豊礼 犭句狗 犭苗猫 犭者猪 疒丙病 疒冬疼
疒甬痛 疒羊痒 疒豆痘 疒止疟 艹化花 艹早草 艹采菜 艹分芬 艹干芊
宀女安 宀子字 宀元完 宀各客 宀玉宝 刂禾利 刂害割 阝车阵 阝完院 阝者都
"""
"""A lone radical, a part, and the character that they were taken from."""

VARIANTS: Mapping[str, str] = {
    **{pair[0]: pair[1:] for pair in _SIMPLE.split()},
    **_SQUARED,
    **_ROUND,
    **{row[:2]: row[2] for row in _RADICALS.split()},
}
"""What is replaced wherever it stands."""

LETTERS: Mapping[str, str] = dict(
    zip(
        "АВЕЅІЈКМНОРСТХУѴаеіјорсухѕԁԛԝвкмнтΑΒΕΖΗΙΚΜΝΟΡΤΥΧονѵɑɡı",
        "ABESIJKMHOPCTXYVaeijopcyxsdqwBKMHTABEZHIKMNOPTYXovvagi",
        strict=True,
    )
)
"""Cyrillic, Greek and phonetic letters by the Latin ones that they look like; α, β, γ, μ, ω keep their meaning."""
