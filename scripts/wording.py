"""Words that advertising law forbids (广告法 art. 9 superlatives, art. 17 medical claims): first form, by pattern with context.

「最」 alone is no offence, 「最好的面霜」 is. Matching looks through spaces and the usual tricks with full-width letters.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offence:
    """Words that must not go out."""

    rule: str
    words: str
    way_out: str
    """What to write instead."""


_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "广告法第九条：绝对化用语",
        re.compile(
            r"国家级|世界级|全网最|全国最|史上最|销量第一|排名第一|第一品牌|顶级|极品|绝无仅有|独一无二的?效果|"
            r"最(?:好|佳|强|优|高级|先进|有效|安全|便宜|低价|受欢迎|专业)的?(?:面霜|产品|护肤|精华|面膜|效果|品牌|品质|成分|价格?|选择|一款|配方|奶粉)|"
            r"最(?:高级|先进|低价|佳)(?!人选|状态|时间)"
        ),
        "说具体的事实，例如“适合干皮，质地偏润”",
    ),
    (
        "广告法第十七条、化妆品监督管理条例：医疗用语",
        re.compile(r"(?:能|可以|可|帮您?)治疗|治愈|根治|药用|消炎|抗炎|杀菌率|医学级|医美级|祛除?疤痕|修复基因|再生细胞|药妆"),
        "化妆品只能说护肤功效，例如“舒缓”“滋润”",
    ),
    (
        "广告法第二十八条：没有依据的保证",
        re.compile(
            r"(?:百分之百|100%|保证|包|绝对)(?:有效|见效|不过敏|治好|美白|祛痘|瘦)|立竿见影|永不(?:复发|反弹)|无效(?:全额)?退款"
        ),
        "去掉保证，或写明依据",
    ),
    (
        "反不正当竞争法：有偿好评",
        re.compile(
            r"(?:送|返|奖励?)[^不没。]{0,8}(?:五星|5星)好评|(?<!不做)(?<!没有)(?:五星|5星|好评)[^不没]{0,6}(?:返现|返钱|红包|领|送|换积分)"
        ),
        "可以邀请评价，但不能只奖励好评",
    ),
)


def offences(text: str) -> Iterator[Offence]:
    """Every offence in a text."""
    folded = re.sub(r"[\s·．.\-_*]+", "", unicodedata.normalize("NFKC", text))
    for rule, pattern, way_out in _RULES:
        for match in pattern.finditer(folded):
            yield Offence(rule, match[0], way_out)
