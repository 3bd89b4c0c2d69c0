"""What a shopper rules out: 不要含酒精的, 除了羊毛都行, 别给我推荐雅诗兰黛."""

import re

_BREAK = re.compile(
    r"[,。!?;:\n~…]|\s(?=就|我|要|想|求|有没|帮|给)|但是?(?!书)|不过|只要|而是|换成|改成|改要|想要(?<!不想要)"
    r"|其[他它]的?都|的话"
)
_STRONG = re.compile(
    r"不要(?!钱|紧|脸|急|意思|忘|漏|少)|不(?:太|是很|怎么|大|咋)?(?:想要?|喜欢|爱|稀罕|中意)|不考虑|不接受|不吃|不喝"
    r"|不穿|不碰|不沾|不买|不看|不推荐|不选"
    r"|拒绝|讨厌|受不了|受不住|烦死|反感|嫌弃|最烦|最怕"
    r"|(?<![特分区级类告性个辨派差识有])别(?!人|的|家|致|墅|样|忘|漏|少|错|急|担心|客气|说|提|问|骗|催|闹|慌|介|针|名"
    r"|处|克|扭|生气|怪)"
    r"|除了|除开|除去|除(?=[^,。]{1,8}(?:以外|之外|外))|去掉|去除了|换掉|排除|避开|避免|避雷|千万别|少推|拉黑|戒(?!指"
    r"|烟)|忌(?!讳)|[pP]ass掉?|勿"
)
_WEAK = re.compile(
    r"不含|不带|不加|不能(?:有|吃|用|喝|含|碰|穿)|不可以有|不添加|不需要|不是(?!吗)|不敢[用吃碰喝穿]|不用(?!谢|客气"
    r"|了|管|洗)|没有|没(?=[^,。]{0,3}(?:的|$))|零添加|0添加|不放|不适合|不能接受|吃不了|用不了|喝不了|穿不了|不用"
)
_BESIDE = re.compile(r"(?:[无非免忌零0]|没有?|不含|不加|无添加|无任何|没加|未添加)(?:添加|任何|人工|一点|有|含)?$")
_BESIDE_NOT = re.compile(r"(?:[并绝除是想]非|[\d.]0|毫无|[皆有]无)$")
_NOT_DONE = re.compile(
    r"没(?:有)?(?:收|发|用过|买过|到|试|看|找|给|送|寄|涂|洗|穿过|吃过|喝过|用|买|想|问|货|关|说|见|领|抢|拍|下|完|敢"
    r"|必要)"
)
_ALSO = re.compile(r"(?:和|跟|、|或者?|与|还有|以及|也不要|/|也别|也不)")
_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没]\1|有没有|有木有|是不是|喜不喜欢|需不需要|可不可以|有无")
_WANTS = re.compile(r"(?<![不别想])(?:想?要|喜欢|有没有|换|是)(?!是)|可以|改为")
_AFTER = re.compile(
    r"^(?:的|色|的那[款种个]|那[款种个]|味|味道|类|系|这[款种个]|型)?(?:这种|之类|东西|产品|香型)?(?:的)?"
    r"(?:(?:和|跟|、|与|还有|以及|或者?)[^,。!?的]{1,6}(?:的)?){0,3}"
    r"(?:都|就|我|也|全|真的|一律|统统|通通|千万|一概){0,3}"
    r"(?:不要(?!钱|紧|脸)|不行|不喜欢|不考虑|不想要?|除外|免谈|算了|[pP]ass|不吃|不能吃|不能用|不能有|不能碰|不爱"
    r"|过敏|不耐受|别发|别来|别推|别给|别放|别加|不接受|受不了|勿|不可以|接受不了|吃不了|用不了|喝不了"
    r"|不太行|不太喜欢|以外|之外|不推荐|就别|不沾|排除|拉黑|讨厌)(?!吗|么|不)",
)
_ALLERGIC = re.compile(r"[^,。!?]{0,6}(?:严重|有点|轻微|会|就|也|都|很|超)?(?:过敏|不耐受)(?![吗?]|肌)")
_QUESTION = re.compile(r"(?:吗|么|嘛|吧|\?|不$|没$|没有$)")
_EXCEPT_ENDS = re.compile(r"都|全|其[他它]|别的|随便|可以|行|不要|以外|之外|外|均可|任意|无所谓")
_EXCEPT_MORE = re.compile(r"还有|还能|还要|还想|还需|也要|也想|还可以|还送|还买|还得")
_EXCEPT_OVER = re.compile(r"以外|之外|外的|都|其[他它]|别的|随便")
_DEGREE = re.compile(r"太|很|这么|那么|特别|过于|含量|过多|全是")
_EXCEPT = ("除了", "除开", "除去", "除")
_FAR = 12
"""Characters over which a negator reaches where nothing is listed."""


def negated(text: str, start: int, end: int) -> bool:
    """Whether the value at ``text[start:end]`` is one that the shopper excludes."""
    if not _HINT.search(text):
        return False
    head = text[:start]
    breaks = [found.end() for found in _BREAK.finditer(head)]
    clause = head[breaks[-1] if breaks else 0 :]
    stop = re.search(r"[,。!?;\n]", text[end:])
    rest = text[end : end + stop.start() + 1] if stop else text[end:]
    if (_AFTER.match(rest) and not _QUESTION.search(rest)) or (_ALSO_REFUSED.match(rest) and not _QUESTION.search(rest)):
        return True
    if re.search(r"对[^,。]{0,6}$", clause) and _ALLERGIC.match(rest):
        return True
    if _BESIDE.search(clause) and not _BESIDE_NOT.search(clause) and not _open(clause, len(clause)):
        return _attribute(clause, rest, there_is=re.search(r"没有?$", clause) is not None)
    return _refused(clause, rest)


_HINT = re.compile(r"[不没别无非除零0戒忌勿拒讨受嫌烦反去换排避少拉免怕未]|[pP]ass|过敏")
"""Without one of these nothing is refused."""
_ALSO_REFUSED = re.compile(r"^[^,。!?的要]{0,4}(?:都|全|也)(?:别|不要)(?!紧|钱)")


def _refused(clause: str, rest: str) -> bool:
    """Whether the last negator of the clause reaches its end, where the value stands."""
    done = _NOT_DONE.search(clause)
    for pattern in (_STRONG, _WEAK):
        said = max((one for one in pattern.finditer(clause) if not _open(clause, one.end())), key=re.Match.start, default=None)
        if said is None or (done and done.start() <= said.start() < done.end()):
            continue
        if _reaches(said[0], clause[said.end() :], rest):
            return pattern is _STRONG or _attribute(clause[: said.start()], rest, there_is=said[0] in ("没有", "没"))
    return False


def _open(clause: str, end: int) -> bool:
    """A-not-A around the negator that ends there: 要不要, 含不含, 有没有."""
    return any(found.start() < end - 1 <= found.end() and end <= found.end() + 1 for found in _A_NOT_A.finditer(clause))


def _reaches(word: str, between: str, rest: str) -> bool:
    """Whether a negator's scope holds the value, ``between`` being what stands between the two."""
    if word in _EXCEPT:
        if _EXCEPT_OVER.search(between):
            return False
        return (bool(_EXCEPT_ENDS.search(rest)) and not _EXCEPT_MORE.search(rest)) or rest == ""
    if _DEGREE.search(between) or _WANTS.search(between):
        return False
    closed = between.rpartition("的")
    if closed[1] and not _ALSO.match(closed[2]):
        return False
    return len(between) <= _FAR or _ALSO.search(between) is not None


def _attribute(before: str, rest: str, *, there_is: bool) -> bool:
    """Whether what is without something is wanted (有不含酒精的吗) and it is not asked whether it is (不含酒精吗)."""
    if not _QUESTION.search(rest):
        return True
    if there_is or re.match(r"(?:成分|添加|味)?的?(?:对)?(?:吗|么|嘛|吧|\?|不|没)+\??$", rest):
        return bool(re.search(r"(?<!没)有(?!的)|求|要|找|推荐", before) and re.match(r"[^,。!?]{0,4}的", rest))
    return "的" in rest[:4] and not (re.search(r"是|这|那", before) and "有" not in rest)
