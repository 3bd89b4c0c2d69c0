"""A sum that stands alone and can only be what somebody wants to spend: 两百块 · 想买个两百块的礼物 · 100r能买啥."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.spans import LEAST, YUAN, N, record, scaled, spent

_SUM = re.compile(
    rf"(?<![\d.A-Za-z第满减]){N}{YUAN}(?![\d一二两三四五六七八九])(?!内|以|左右|上下|多|出头|起|到|-|~|的?(?:券|红包"
    r"|优惠|差价|运费|邮费|定金|押金|无门槛))"
)
_SIGNED = re.compile(r"[,。 ~]*([¥$]\d{2,6})(?:吧|的)?[。!~ ]*")
_ALONE = re.compile(r"(?:那|就|大概|大约|差不多|也就|只有|预算|我|嗯|额|,| )*$")
_ALONE_AFTER = re.compile(r"(?:吧|的|呢|啊|哦|行吗|可以吗|左右|就行|就好|够吗|够不够|够么|,?谢谢)*[,.。!?~ ]*$")
_WISH = re.compile(r"(?:想要?|推荐|有没有|[求送来找挑选]|买)(?:个|一?款|一?瓶|一?套|点|些|一?份|一个|我|她|他)*$")
_OF = re.compile(r"钱?的(?!东西|那|这)")
_BUYS = re.compile(
    r"钱?(?:能|可以|够)?(?:不能)?(?:买|选|挑|配|凑|拿)(?!的|了|贵|过)[^,。]{0,4}(?:啥|什么|哪|到|吗|几|不)|钱?够(?:吗"
    r"|不|么)"
)
_ONLY = re.compile(r"(?:只有|就|就有|就剩|手[里上头]有?|身上|兜里|兜里就)$")


def sums(text: str) -> Iterator[Found]:
    """Sums with a unit that nothing else bounds; all are read as the most to be spent."""
    if "预算" not in text and not any(sign in text for sign in "块元¥rRb圆币"):
        return
    for found in _SUM.finditer(text):
        value = _figure(found[0])
        if value is not None and value >= LEAST and not spent(text, found.start()) and _wanted(text, found):
            yield Found("budget", record(None, value), *found.span())
    if whole := _SIGNED.fullmatch(text):
        yield Found("budget", record(None, scaled(whole[1])), *whole.span(1))


def _figure(text: str) -> float | None:
    """200块 → 200."""
    return scaled(re.sub(rf"{YUAN}$", "", text))


def _wanted(text: str, found: re.Match[str]) -> bool:
    """Whether the words around a sum make it a wish: it is all that is said, it is asked for, or asked what it buys."""
    before, after = text[: found.start()], text[found.end() :]
    if _ALONE.fullmatch(before) and _ALONE_AFTER.fullmatch(after):
        return True
    if _WISH.search(before) and _OF.match(after):
        return True
    return bool(_BUYS.match(after) or (_ONLY.search(before) and re.match(r"[,。!?~ ]|$", after)))
