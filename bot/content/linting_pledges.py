"""Promises that an edit adds without a figure: to everybody, for ever, for sure; and the words of caution that it takes out.

The law's words stand in ``scripts.lint``; here it counts that nobody promised it before the edit. What another text of the
content says already is a fact and no promise.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.content.items import Key
from bot.content.linting_claims import Claims
from bot.content.linting_pieces import Mark, Piece
from bot.content.linting_reading import Clause, clauses, plain

_WHOM: Final = (
    r"(?:人人|每个?人|每一?位(?:顾客|客人)?|所有(?:人|顾客|会员)|大家|个个|谁(?:来|买|都)|见者|进店|到店|来店里?|下单|拍下"
    r"|的(?:人|顾客|客人|朋友))"
)
_GIFT: Final = r"(?:大礼|好礼|厚礼|神秘礼?|礼物|礼品|惊喜|红包|福袋|小礼|豪礼|伴手礼|赠品|小样|正装|有礼|大奖|奖品)"
_LASTS: Final = r"(?:永远|永久|一直|常年|随时|任何时候|什么时候|无论何时|哪天|多久|多晚|以后|今后|一辈子|终身|天天|全年|每次)"
_PLEDGES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("人人都有", re.compile(
        rf"{_WHOM}[^，。；！？不没]{{0,6}}(?:都|均|皆|就|全)[^，。；！？不没]{{0,4}}(?:有份|送|能中|中奖|中[^，。]{{0,2}}奖|能看到|见效|有[^，。]{{0,3}}{_GIFT}|领得到|拿得到)"
        rf"|都(?:送|有)[^，。；不没]{{0,3}}{_GIFT}"
        r"|人人(?:有份|有礼|都有|都送)|见者有份|(?:买|拍|进店|下单|来)[^，。；]{0,3}(?:就|即|都|必)[^，。；不没]{0,3}(?:送|有礼|赠)(?![货到回]|上门)"
        r"|随便(?:拿|领|挑)|(?:怎么|什么|多少)[^，。；]{0,6}都(?:答应|同意|赔|给)|想(?:拿|领|要|用|来|退|换|约)[^，。；]{1,4}就(?:拿|领|要|用|来|退|换|约|给)|百分百中|必中")),
    ("一直有", re.compile(
        rf"{_LASTS}[^，。；！？]{{0,6}}(?:都(?:有|是这|(?:能|可以|给)(?:您|你)?[拿取领退换补留买用])|拿都[在行]|[送领拿卖用]不完|不(?:会)?断|不缺|管够|有效|能用|留着|保留|有货|有位|给您留|不涨|不变|这个价|算数)"
        r"|(?:送|领|拿|卖|用)不完|不会(?:断货?|缺货|卖完|送完|售罄|丢|坏|过期|降价|涨价|漏|等)|从(?:来|没有?)(?:不|没)?(?:会)?(?:丢|坏|断货|缺货|出过错|出过问题|晚过)"
        r"|要多少有多少|管够|敞开(?:送|拿|领|供应)|无限(?:量|次|期)")),
    ("一定做到", re.compile(
        r"(?:保证|担保|保管|包您|包你|一定(?:会|能)?|肯定(?:会|能)?|绝对(?:会|能)?|必定|准能|稳稳|妥妥)(?:都|会|能|让|给|帮)*(?:您|你|大家)?(?:都|会|能)*"
        r"(?:赶上|赶得上|收到|送到|送达|到手|到货|买到|[买拿领约抢排]得[到上]|抢到|有货|补上|补货|有效|见效|变[白美嫩好]|看到(?:效果|变化)|满意|喜欢|适合|中奖|省钱|划算|不亏|退|赔|通过|批|同意|便宜|优惠|打折|没问题|不会)"
        r"|打(?:了)?(?:您)?包票|(?<!不)(?<!没)(?<!不敢)(?:给您|跟您|我)打包票|没效果?[^，。；]{0,4}(?:负责|退|赔)|无效[^，。；]{0,3}(?:退|赔)|(?:马上|立刻|立即|当场|现在)就?(?:能|会|给|帮|把)*(?:您|你)?[^，。；]{0,3}(?:开出来|到账|到您账|办好|批下来|搞定)|(?:损失|误工费|打车费|交通费)[^，。；]{0,6}[补赔报给]|不收(?:您|你)的?钱|免单|[十百]倍(?:赔|奉还)|包[退赔换][包退赔换]*(?!装|括|裹)")),
    ("另外再给", re.compile(
        rf"(?:再|另外|额外|多|还|白|偷偷|悄悄|私下)[^，。；！？不没]{{0,3}}(?:送|赠|给|塞|补|退)(?:您|你)?[^，。；！？]{{0,4}}(?:{_GIFT}|一份[^，。；]{{0,3}}(?:礼|钱)|一张券|点?好处)"
        rf"|(?:有|备好?了?|准备了?)[^，。；不没]{{0,4}}{_GIFT}[^，。；]{{0,3}}(?:等|送|给)|(?:跟|找|和)[^，。；]{{1,4}}说一声[^，。；]{{0,4}}(?:给您|就给|就)[^，。；]{{0,3}}(?:便宜|优惠|打折|减|抹零|补|送)"
        r"|(?:给您|帮您|让[^，。；]{1,4})(?:先|插队|优先)[^，。；]{0,3}(?:发|安排|做)(?:您的)?|先(?:发|做|安排)您的")),
)  # fmt: skip
"""What is promised → how a shop says it."""
_UNSURE: Final = re.compile(
    r"不敢|不能保证|没法保证|不保证|不(?:跟|给|替|向)|没法|不一定|吗|如果|要是|的话|看情况|尽量|可能|一般|为准|才|以内|之内|积分|不是|别信|不会有人|凭|限|满\d|第二天|\d"
)
"""What makes it no promise, or one with a figure, which is held against other figures."""
_CAUTION: Final = re.compile(
    r"不敢[^，。；]{0,4}(?:说|答应|保证|打包票|担保)|打包票|打保票|(?:没有?|说不)准信?|说不好|说不准|拿不准|因人而异|每个?人[^，。；]{0,6}不(?:一样|同)|"
    r"以[^，。；]{2,12}为准|(?:看|依|按)[^，。；]{1,8}(?:而定|情况)|视[^，。；]{1,8}(?:而定|情况)|不(?:能|敢)?保证|不(?:一定|见得)|没法(?:保证|担保)|"
    r"(?:送|卖|领|售|抢)完(?:为止|即止|就没|不补|不再)|先到先得|数量有限|不替[^，。；]{1,3}担保|没法[^，。；]{0,4}担保|不好说|未必"
)
"""Words with which a shop says that it cannot promise something."""
_BACKED: Final = 0.66
"""Share of a promise that another text says, from which on it is a fact."""
_UNSURE_NOW: Final = re.compile(
    r"不敢|不一定|没法|可能|看[^，。；]{1,6}|以[^，。；]{1,14}|说不|拿不|不同|不一样|差别|差异|有限|送完|领完|卖完|售完|抢完|为止|赠完|不能保证|尽量|一般|大约|不补|先到|没准|不确定|不清楚|还不知道|保不|打不了"
)
"""What still says that it is not sure, in whatever words."""
_SURELY: Final = re.compile(r"保证|一定|肯定|绝对|必达|包您|包到|准到|准时|担保|承诺|赔|风雨|妥妥|百分")
"""What makes a time that is told a promise, whoever else tells it."""
_SAID: Final = 0.5
"""Share of a promise with figures that another item says, from which on it is a fact."""
_TELLING: Final = 3
"""Pairs of signs from which on it is clear what a promise is about."""
_LESS: Final = 0.75
"""A text so much shorter was shortened; it may leave a caution to the longer one."""


def pledged(was: Piece | None, piece: Piece, claims: Claims) -> Iterator[Mark]:
    """A promise without a figure that is new and that no other text of the content makes; ``was``: None for a new text."""
    old = "" if was is None else plain(was.text)
    for clause in clauses(piece.text):
        text = clause.text.strip()
        if text in old or _UNSURE.search(text):
            continue
        for name, pattern in _PLEDGES:
            found = pattern.search(text)
            if found and not pattern.search(old) and not _backed(clause, claims):
                why = f"“{found[0]}”是原来没有的承诺（{name}），没有哪一条写着做得到"
                start = clause.start + len(clause.text) - len(clause.text.lstrip())
                yield Mark(
                    "promise.new", "warn", piece.path, text, why, "写明条件、数量或者期限，做不到的别写", start, start + len(text)
                )
                return


def uncautioned(was: Piece, piece: Piece) -> Iterator[Mark]:
    """Every word of caution taken out of a text that otherwise says as much as before."""
    found, old, new = _CAUTION.search(was.text), plain(was.text), plain(piece.text)
    if found and len(new) >= _LESS * len(old) and not _CAUTION.search(new) and not _UNSURE_NOW.search(new):
        why = f"原来有“{found[0]}”，现在没有了，会被当成说定的事"
        yield Mark("change.caution", "warn", piece.path, piece.text[:20], why, "把这样的话补回来", 0, min(20, len(piece.text)))


def _backed(clause: Clause, claims: Claims) -> bool:
    """Whether another text says so."""
    return len(clause.grams) >= _TELLING and any(
        len(clause.grams & one.clause.grams) >= _BACKED * len(clause.grams)
        for one in claims.all
        if one.clause.text.strip() != clause.text.strip()
    )


def told_elsewhere(piece: Piece, at: int, key: Key, claims: Claims) -> bool:
    """Whether another item says what the clause at a place promises, with the same figures: a fact stands behind it."""
    clause = next((one for one in clauses(piece.text) if one.start <= at < one.start + len(one.text)), None)
    if clause is None or not clause.amounts or _SURELY.search(clause.sentence):
        return False
    figures = {(one.value, one.unit) for one in clause.amounts}
    return any(
        figures <= {(amount.value, amount.unit) for amount in one.clause.amounts}
        and len(clause.grams & one.clause.grams) >= _SAID * len(clause.grams)
        for one in claims.all
        if one.key != key
    )
