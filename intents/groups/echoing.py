"""Words by which somebody says that it is the same with him, asked or suffered, however it is put."""

import re
from typing import Literal, TypeAlias

from intents.groups.cues import same, same_only
from intents.groups.likeness import words

Echo: TypeAlias = Literal["", "has", "asks", "plain"]
"""``has``: he has met the same; ``asks``: he wants to know the same; ``plain``: +1, 同, me too, which may be either."""
_ME = r"(?:我|俺|咱|偶|本人|鄙人|这边)"
_PIECES = r"(?:份|盒|箱|件|斤|条|双|袋|包|瓶|支|个|套|提|罐|只)"
_SAME = r"(?:一样|同样|相同|同一?个?|同款|类似|差不多|一个|这个)"
_TROUBLE = r"(?:问题|情况|遭遇|状况|毛病|症状|经历|待遇|故障|处境|烦恼|困扰|反应|感受|德行|德性|下场|样子?|命)"
_THEM = r"(?:你|您|他|她|它|楼上|上面|前面|这位|那位|姐妹|姐|哥)"
_HAS = re.compile(
    rf"{_ME}[^，。,.!！?？\s]{{0,10}}(?:(?<![啥么谁哪点再])也|同样|照样|亦|一样)|"
    r"^(?:[\W_]|啊|嗯|对|是|诶|唉|呜|确实|真的)*(?:也|同样|照样)(?!许|不知|就是说)|"
    rf"一样一样|一[模毛摸]一样|{_SAME}的?{_TROUBLE}|如出一辙|同病相怜|难[兄姐]难|难友|病友|同是天涯|"
    rf"(?:跟|和|与|同){_THEM}们?.{{0,4}}(?:一样|一个|差不多|同款)|^.{{0,4}}一样[的啊呀呢了]*[\W_]*$|"
    r"中招|中枪了?|不(?:止|只|光|单|仅)是?(?:你|您|我|他|她|一)|不是个例|又(?:来|多|见)?一个|还有我|还以为(?:就|只|是)有?我|"
    rf"(?:加|算|带|再来|多)上?我(?:一(?:个(?!{_PIECES}))|家|$|[\W_])|{_ME}家?(?:何尝|又何尝)不是|谁(?:说|家)?不是呢|可不(?:就)?是[嘛吗么]?|"
    rf"{_ME}家?(?:的|这边|那个)?(?:更|比{_THEM}).{{0,3}}(?:惨|冤|严重|久|多|狠|早|气)",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"(?<!\d)[+＋➕]\s*(?:1(?!\d|\s*{_PIECES})|10086|一(?!{_PIECES})|n\b)|加(?:一|1)(?!\d|{_PIECES}|点|下|些)|附议|复议|"
    r"^(?:[\W_]|啊|嗯|对|是)*同(?:$|[\W_]|上|感|样|此|理|款|楼上|前面)|\bme\s*(?:too|2)\b|\bsame\b|\bditto\b|^(?:顶|支持|握手)(?:$|[\W_一])",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:一样|同样|也|正好|正|刚好|刚|恰好)(?:是)?(?:想|要|来)(?:问|知道|了解)|"
    r"(?:等|求|蹲|坐等|关注)(?:个|一个|一下|着)?(?:后续|结果|说法|回复|回答|答复|答案|解决|解答|处理|进展|方案|科普|大神)|"
    r"^(?:坐等|围观|码住?|马住?|跟|dd|等|蹲|留(?:个)?爪|插(?:个)?眼|占(?:个)?(?:坑|楼)|举(?:个)?手)[\W_了呀啊]*$|"
    r"问(?:到|出)了?我?的?(?:心声|心坎|心里|心|点子)(?:里|上)?|(?:我|俺)的?(?:心声|嘴替)|替我问|帮我问(?:了|出)|问[得的](?:太|真|很)?(?:好|是时候)|"
    r"^[\W_]*同(?:好奇|疑|惑|纠结|关心|不懂|不知道)[\W_啊呀]*$|same\s*(?:q\b|question|here|ask)|也?正?是我(?:想|要)问的?|"
    r"(?:我|俺|咱)?也(?:有|是)?(?:这个?|同样的?|一样的?)?(?:疑问|疑惑|困惑)|(?:我|俺|咱)也在?(?:等|蹲)(?:着|呢)?(?=$|[\W_])",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"没(?:啥)?(?:事|问题|毛病|遇到过?|碰到过?|出现|过敏|感觉|觉得)|不(?:疼|痒|过敏|知道|清楚|懂|会|觉得)|好好的|挺好|挺顺|正常|还行|还好|可以[啊呀的]|好用|好吃|喜欢"
)
"""Whoever has met nothing of the kind, knows nothing of it, or praises, has not met the same."""
_FORM = re.compile(r"[一同这那]样|问题|情况|遇到|碰到|想问|想知道|同问|也是|蹲")


def echo(text: str) -> Echo:
    """How a bare text says that it is the same with its sender; empty where it does not."""
    if same_only(text):
        return "plain" if "问" not in text and "知" not in text and "蹲" not in text else "asks"
    if same(text) or _ASKS.search(text):
        return "asks"
    if _HAS.search(text):
        return "" if _NOT.search(text) else "has"
    return "plain" if _PLAIN.search(text) else ""


def besides(text: str) -> str:
    """What a bare text says besides that it is the same."""
    left = text
    for pattern in (_ASKS, _HAS, _PLAIN, _FORM):
        left = pattern.sub(" ", left)
    return left.strip()


def echoes_only(text: str) -> bool:
    """Whether a bare text says nothing else."""
    return bool(echo(text)) and not words(besides(text))[0]
