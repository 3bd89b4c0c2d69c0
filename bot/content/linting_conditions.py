"""Conditions that a sentence had before an edit and has no longer: not opened, members only, from 99 on, three days at most."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

from bot.content.linting_pairs import alike, signs
from bot.content.linting_pieces import Mark, Piece
from bot.content.linting_reading import Amount, amounts, clauses, denials, number, plain

_KINDS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "没拆封": r"[没未][^，。；]{0,2}(?:拆|开)封?|(?:拆封|开封)(?:之?前|以前)|不(?:能|可以?)拆|原封|完好|封口完整",
        "没发货": r"[没未]有?发(?:货|出)|发货(?:之?前|以前)|发出(?:之?前|以前)|[没未]出库",
        "没激活": r"[没未]有?(?:激活|使用|用过)|激活(?:之?前|以前)",
        "会员": r"会员(?!码|号|中心|卡|日|价|券|资料|体系|页|部)|vip",
        "金卡": r"金卡", "黑金": r"黑金", "银卡": r"银卡", "钻石": r"钻石",
        "新客": r"新会员|新客|新人(?!券)|首单|首次|第一[次单回]|第一回",
        "小程序": r"小程序的?订单(?!里|中|页)|小程序[和、与]|[和、与]小程序|仅限?小程序|限小程序",
        "门店": r"门店(?:[和、与]|买)|[和、与](?:[一-十\d]家)?门店|限[^，。]{0,4}店"
        r"|[\u4e00-\u9fff]{2,3}店(?:专享|限定|可用|[和、与]小程序)",
        "预约": r"预约|提前[^，。；]{0,6}约|要约|先约|约好|约一?下",
        "凭证": r"小票|凭证|会员码|取货码|凭|发票|截图|照片|诊断|病历|身份证|订单号",
        "送完为止": r"(?:送|领|售|卖|抢|发)完|数量有限|有货|现货|限量|先到先得",
        "每人限量": r"每(?:人|位|单|户|个ID)[^，。；]{0,4}(?:限|一|1|\d)|限(?:领|购|\d|一|两)"
        r"|一(?:人|单)[^，。；]{0,2}(?:一|1|份|张)",
        "洗干净": r"瓶[^，。；]{0,6}洗|洗干?净[^，。；]{0,3}(?:带|拿|送|寄|回收)",
        "自家的": r"自家|正装",
        "优惠之后": r"(?:用完|减|扣|抵)[^，。；]{0,10}(?:后|之后|以后)|实付|优惠后",
        "除外": r"除外|不算|不(?:参加|参与|适用|包括|包含|支持)|不在(?:内|里面|其中)"
        r"|以外|除了|只有[^，。；]{2,16}不|用不了|不(?:能|可以?)用|例外|另算",
        "一小部分": r"部分|有些|个别|指定|特定|不是(?:所有|全部|每)",
        "当天": r"当天|当日|当月|当季|本月|同一天",
        "先问": r"(?:先|请)(?:问|咨询|听)[^，。；]{0,4}(?:医生|客服|导购)|遵医嘱",
        "剩余量": r"余量|剩余|剩下|用量",
        "办完以后": r"收(?:到|了)?货|签收|到账|付清|审核通过|通过(?:之?后|以后)",
    }.items()
}  # fmt: skip
"""What a condition is called → how it is said, in whatever words."""
_WIDE: Final[Mapping[str, re.Pattern[str]]] = {"小程序": re.compile("小程序|商城"), "门店": re.compile("店")}
"""Those that the new text may still say in more ways than the old one had to."""
_LIMIT: Final = re.compile(r"满|以内|之内|内|前|起|不超过|至多|最多|不少于|至少|超过|限|以上|以下|不满|每")
_COUNT: Final = re.compile(r"\d+(?:\.\d+)?|[零一二两三四五六七八九十百千万]+")
_BASE: Final[Mapping[str, tuple[str, float]]] = {
    "天": ("天", 1), "周": ("天", 7), "月": ("月", 1), "年": ("月", 12), "小时": ("小时", 1),
    "分钟": ("分钟", 1), "点": ("点", 1),
}  # fmt: skip
"""Unit → the one it is compared in."""
_SAME: Final = frozenset(
    {
        ("天", 30.0, "月", 1.0),
        ("天", 15.0, "月", 0.5),
        ("天", 1.0, "小时", 24.0),
        ("天", 2.0, "小时", 48.0),
        ("天", 3.0, "小时", 72.0),
    }
)
_STAYS: Final = 0.6
"""Share of the new sentence's pairs that were said before, from which on it is the old one with less in it."""
_ENDS: Final = re.compile(r"[。；！？;!?\n]+")


def lost(was: Piece, piece: Piece) -> Iterator[Mark]:
    """What limited a sentence of ``was`` and is nowhere in ``piece``, although the rest of the sentence stays."""
    old, new = (plain(one.text) for one in (was, piece))
    said = _ENDS.split(old)
    fresh = [one for one in _ENDS.split(new) if one.strip() and one not in said]
    for sentence in said:
        if not sentence.strip() or sentence in new:
            continue
        best = max(fresh, key=lambda one: alike(one, sentence), default="")
        if not best or not _shortened(sentence, best):
            continue
        gone = [name for name, said in _KINDS.items() if said.search(sentence) and not _WIDE.get(name, said).search(new)]
        gone += _numbers(sentence, new, best)
        if gone:
            words = best.strip()
            start = piece.text.find(words)
            why = f"原来写着“{'、'.join(gone)}”这样的条件，现在没有了，会被当成对谁都成立"
            span = (start, start + len(words)) if start >= 0 else (0, 0)
            yield Mark("change.condition", "warn", piece.path, words, why, "把条件补回来，或者确认真的不限了", *span)


_EXCEPT: Final = re.compile(
    r"除外|不算|不含|不包括|不参加|不参与|不进|不比|补不了|用不了|换不了|退不了|不能|不可|不支持|不在|超过|不满|不足|不够|以外|满\d|至多|最多|不超过|只能|只限|仅限|先别|别用|避开|停用|除了|限\d"
    r"|(?:先|请)[^，。；]{0,6}(?:试|问|看医生|联系)|要(?:求|满|先)|必须|得先|只在"
)
_HALF: Final = 0.5
"""So alike are two clauses that deny the same."""
_GONE: Final = 0.34
"""Share of the pairs of a clause that are still said, up to which it is gone."""


def dropped(was: Piece, piece: Piece) -> Iterator[Mark]:
    """A limit or an exception that was taken out of a text which otherwise says less of the same."""
    old, new = plain(was.text), plain(piece.text)
    if not _shortened(old, new) or len(new) >= len(old) or len(_pairs(new)) < 4:
        return
    values = {number(one) for one in _COUNT.findall(new)}
    for clause in clauses(old):
        said = _pairs(clause.text)
        if clause.amounts and all(one.value in values for one in clause.amounts):
            continue
        if _still(clause.text, new):
            continue
        if _EXCEPT.search(clause.text) and clause.text not in new and len(said & _pairs(new)) <= _GONE * len(said):
            words = clause.text.strip()
            why = f"原来有“{words}”，现在没有了，会被当成没有这条限制"
            yield Mark("change.condition", "warn", piece.path, words, why, "补回来，或者确认真的不限了")
            return


def _still(clause: str, new: str) -> bool:
    """Whether a no is still said of the same matter, in other words: 过期的就别用了, 过期的不要再用."""
    return bool(denials(clause)) and any(
        denials(one.text) and SequenceMatcher(None, clause, one.text, autojunk=False).ratio() >= _HALF for one in clauses(new)
    )


def _shortened(old: str, new: str) -> bool:
    """Whether a sentence is another with something taken out, not one on other matters."""
    mine, theirs = _pairs(new), _pairs(old)
    return bool(mine) and len(mine & theirs) >= _STAYS * len(mine)


def _pairs(line: str) -> frozenset[str]:
    return signs(re.sub(r"[\W_]", "", line))


def _numbers(old: str, new: str, best: str) -> list[str]:
    """Limits of the old sentence whose number is nowhere in the new text, where the new sentence has fewer numbers."""
    mine, theirs = amounts(old), amounts(new)
    values = {number(one) for one in _COUNT.findall(new)}
    if len(amounts(best)) >= len(mine):
        return []
    return [
        _told(old, one)
        for one in mine
        if not (one.value == 1 and (one.loose or one.unit in _BASE)) and one.value not in values
        and not any(_equal(one, other) for other in theirs)
        and _LIMIT.search(old[max(0, one.start - 4) : one.start] + old[one.start : one.end + 3])
    ]  # fmt: skip


def _told(text: str, one: Amount) -> str:
    return re.sub(r"^[，,。；]|[，,。；].*$", "", text[max(0, one.start - 1) : one.end + 2])


def _equal(one: Amount, other: Amount) -> bool:
    (unit, times), (name, by) = (_BASE.get(side.unit, (side.unit, 1.0)) for side in (one, other))
    mine, theirs = one.value * times, other.value * by
    if unit == name:
        return mine == theirs
    return (unit, mine, name, theirs) in _SAME or (name, theirs, unit, mine) in _SAME
