"""How a person's part was: asked once after it (by the keeper), answered by a tap or a word."""

import re
from dataclasses import replace

from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.model import Option, Session
from bot.services import Services

SLOT = "rating"
"""What the session waits for after the question."""
SCRIPT = "ask_rating"
_POOR = 2
"""Up to here something went wrong: an apology, and the way back to a person."""
_LABELS = ("很不满意", "不满意", "一般", "满意", "很满意")
_WORDS = (
    (1, r"(?:非常|很|太|极其|特别|超级?)的?不满意|(?:非常|太|很|好)(?:差劲?|烂|糟糕?)|(?:一|1)(?:颗?星|分)|差评"),
    (2, r"不(?:太|怎么|是很|够)?满意|不(?:太|怎么)?好|不(?:太)?行|差了?点意思|(?:二|两|2)(?:颗?星|分)|失望"),
    (3, r"一般般?|还行|还可以|凑合|马马虎虎|(?:三|3)(?:颗?星|分)"),
    (5, r"(?:非常|很|特别|超级?|十分|太)的?满意|(?:非常|很|太|特别|超级?|真)(?:好|棒|赞)|(?:五|5)(?:颗?星|分)|满分|好评|完美"),
    (4, r"(?:比较|挺|蛮|还算?)?满意|(?:挺|蛮|还|都)好|(?:挺|蛮|很|真)?不错|(?:四|4)(?:颗?星|分)"),
)
"""Words of a rating, the particular before the general. 好的 and 可以 alone say yes, and are none."""
_AROUND = (
    r"(?:嗯|我|觉得|感觉|给|打|服务|态度|导购|同事|客服|小姐姐|她|他|人|还是|就是|就|都|整体|总体)*"
    r"(?:%s)+[的了啊哦吧哈呢呀啦]*"
)
_SAID = tuple((stars, re.compile(_AROUND % words)) for stars, words in _WORDS)
_CLAUSE = re.compile(r"[\s,，.。!！~～;；、…]+")
_DIGIT = re.compile(r"\s*([1-5])\s*(?:分|星|颗星)?[.。!！~ ]*")
_SHORT = 16
"""Characters: a longer message says more than how it was."""


def rating_options() -> tuple[Option, ...]:
    """What can be tapped, the best first."""
    return tuple(Option(f"rate:{n}", f"{n} {_LABELS[n - 1]}") for n in range(5, 0, -1))


def given(text: str, option: str | None, session: Session) -> int | None:
    """The rating 1 … 5 that a message gives: a tap at any time, a figure or a word only where we asked; else None."""
    if option is not None and re.fullmatch(r"rate:[1-5]", option):
        return int(option[-1])
    if not waits(session) or len(text.strip()) > _SHORT or re.search(r"[?？吗]", text):
        return None
    if (figure := _DIGIT.fullmatch(text)) is not None:
        return int(figure[1])
    said = [part for part in _CLAUSE.split(text) if part]
    return next((n for part in said for n, words in _SAID if words.fullmatch(part)), None)


def waits(session: Session) -> bool:
    """Whether the question was put just now."""
    return session.pending is not None and session.pending.slot == SLOT


def rated(turn: Turn, services: Services) -> Draft:
    """Thanks; where it went badly an apology, and a person again for whoever wants one."""
    del services
    stars = given(turn.message.text, turn.option, turn.session) or 3
    poor = stars <= _POOR
    line = Line("rated_low", options=(HUMAN,)) if poor else Line("rated")
    words = "" if turn.option is not None else turn.message.text.strip()
    session = replace(turn.session, pending=None)
    return Draft((line,), reason=f"顾客评分 {stars}", session=session, rating=(stars, words[:200]), trace={"rating": stars})


RATED = Route(rated, {"rated": frozenset(), "rated_low": frozenset(), SCRIPT: frozenset()})
