"""What a shopper rules out: 不要含酒精的, 除了羊毛都行, 别给我推荐雅诗兰黛."""

import re

_BREAK = re.compile(r"[,。!?;:\n~…]|\s(?=就|我|要|想|求|有没|帮|给)|但是?|不过|只要|而是|换成|改成|其他的?都")
_NO = re.compile(
    r"(?<!要)(?<!想)(?<!能)不要|不想要?|不喜欢|不爱|不考虑|不含|不带|不加|不吃|不能(?:有|吃|用|喝|含|碰)|不可以有|不添加|不需要|不是|不接受|拒绝|讨厌|受不了|"
    r"(?<![特分区级类告性个辨])别(?!人|的|家|致|墅|样)|除了|除开|除去|排除|避开|避免|避雷|没有|无(?!论|法|所|线|限|敌|语)|没(?!问|货|想|关)|(?<![是并绝])非(?!常|得)|零添加|0添加|不放|去掉|千万别|少推|不穿|不用|不沾"
)
_ALSO = re.compile(r"(?:和|跟|、|或者?|与|还有|以及|也不要|/)")
_OPEN = re.compile(r"(?:要不要|有没有|是不是|含不含|能不能|会不会|可不可以|好不好)[^,。!?]*$")
_WANTS = re.compile(r"(?<![不别])(?:想?要|喜欢|有没有|换|是)(?!是)")
_AFTER = re.compile(
    r"^(?:的|色|的那[款种个]|那[款种个]|味|味道)?(?:这种|之类)?(?:的)?(?:都|就|我|也)?(?:不要|不行|不喜欢|不考虑|不想要|除外|免谈|算了|pass|不吃|不能吃|不能用|不能有|不爱|过敏|别发|别来|不接受|受不了|勿)(?!吗|么)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"(?:吗|么|嘛|吧|\?|不$|没$|没有$)")
_EXCEPT_ENDS = re.compile(r"都|全|其[他它]|随便|可以|行|不要|以外|之外|外")
_DEGREE = re.compile(r"太|很|这么|那么|特别|过于")
_CONTENT = ("没有", "没", "无", "不含", "不带", "不加", "非", "不添加", "不用", "不是", "不放")


def negated(text: str, start: int, end: int) -> bool:
    """Whether the value at ``text[start:end]`` is one that the shopper excludes."""
    head = text[:start]
    breaks = [found.end() for found in _BREAK.finditer(head)]
    clause = head[breaks[-1] if breaks else 0 :]
    stop = re.search(r"[,。!?;\n]", text[end:])
    rest = text[end : end + stop.start() + 1] if stop else text[end:]
    if _AFTER.match(rest) and not _QUESTION.search(rest):
        return True
    if re.search(r"对[^,。]{0,6}$", clause) and re.match(r"[^,。!?]{0,6}(?:严重|有点|轻微)?过敏(?![吗?]|肌)", rest):
        return True
    said = max(_NO.finditer(clause), key=re.Match.start, default=None)
    if said is None or _OPEN.search(clause[: said.end()]) or _open(clause, said):
        return False
    return _reaches(said[0], clause[said.end() :], rest, clause[: said.start()])


def _open(clause: str, said: re.Match[str]) -> bool:
    """A-not-A around the negator: 要不要, 含不含, 有没有, 用不用."""
    char = said[0][-1]
    return said.start() > 0 and said[0][0] in "不没" and clause[said.start() - 1] in (char, said[0][1:2])


def _reaches(word: str, between: str, rest: str, before: str) -> bool:
    """Whether a negator's scope holds the value, ``between`` being what stands between the two."""
    if word in ("除了", "除开", "除去"):
        return (bool(_EXCEPT_ENDS.search(rest)) and not re.search(r"还有|还能|还要", rest)) or rest == ""
    if (word == "不是" and re.search(r"(?:是|要)", between)) or _DEGREE.search(between) or _WANTS.search(between):
        return False
    closed = between.rpartition("的")
    if closed[1] and not _ALSO.match(closed[2]):
        return False
    if len(between) > 12 and not _ALSO.search(between):
        return False
    if word not in _CONTENT or not _QUESTION.search(rest):
        return True
    asked_for = re.search(r"有|求|要|找|推荐", before) and re.match(r"[^,。!?]{0,4}的", rest)
    return bool(asked_for or re.match(r"[^,。!?]{0,2}的[^,。!?]{0,4}有", rest))
