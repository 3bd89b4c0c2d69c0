"""What went wrong in talks, out of the inbox: questions that nobody answered, and answers that were received badly."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from rapidfuzz import fuzz
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.codec import storable
from bot.db.users import audit
from bot.logs import masked
from bot.model import JsonMap

SOON: Final = timedelta(minutes=5)
"""A message that comes later does not speak of the last answer."""
MOST: Final = 20_000
"""Messages that are looked at: the latest."""
_LONGEST: Final = 200
"""Characters of a question; what is longer is a story, and stands with its beginning."""
_SHRUGS: Final = frozenset({"no_answer", "clarify", "handover_confused"})
"""Scripts that say: we do not know."""
_CONFUSED: Final = "连续两次没有帮上忙"
"""The reason of a handover after two misses; outside opening hours its script is another."""
_SURELY: Final = 0.6
_UNHAPPY: Final = -0.5
_REPHRASED: Final = 55.0
"""Of 100: as alike as two wordings of one question are and two different questions are not."""
_AFTER: Final = frozenset({"complain", "ask_human", "deny"})
_DOORS: Final = frozenset({"complain", "ask_human", "handover", "complaint"})

# the latest first, and only then what came after each; of the traces what is judged by, for the whole is ten times as much
_TALKS = text(
    """
    with talk as materialized (
        select i.id, i.conversation_id, i.text, i.received_at, i.reason, i.trace from inbox i
        where i.state = 'settled' and i.kind = 'text' and i.received_at >= :since and i.outcome in ('answered', 'handed_over')
            and i.conversation_id is not null and i.text <> '' and jsonb_exists_any(i.trace, array['scripts', 'entry'])
        order by i.id desc limit :most
    )
    select t.id, t.text, t.received_at, t.reason, p.name, n.text as next_text, n.received_at as next_at,
        jsonb_build_object('route', t.trace -> 'route', 'intent', t.trace -> 'intent', 'confidence', t.trace -> 'confidence',
            'entry', t.trace -> 'entry', 'scripts', t.trace -> 'scripts') as trace,
        jsonb_build_object('route', n.trace -> 'route', 'intent', n.trace -> 'intent', 'sentiment', n.trace -> 'sentiment')
            as next_trace
    from talk t join conversations c on c.id = t.conversation_id join customers p on p.id = c.customer_id
        left join lateral (
            select i.text, i.received_at, i.trace from inbox i
            where i.conversation_id = t.conversation_id and i.id > t.id and i.state = 'settled' and i.kind = 'text'
                and i.received_at >= :since
            order by i.id limit 1
        ) n on true
    order by t.id desc
    """
)
_REPLIES = text(
    """
    select distinct on (i.id) i.id, m.text from inbox i join messages m on m.conversation_id = i.conversation_id
        and m.author = 'guide' and m.recalled_at is null and m.at > i.received_at and m.at < i.received_at + interval '1 day'
    where i.id = any(cast(:ids as bigint[])) and char_length(m.text) >= 8 order by i.id, m.id
    """
)
_ASIDE = text(
    """
    insert into gaps_set_aside (question, author, note, at) values (:question, :author, :note, :now)
    on conflict (question) do update set author = excluded.author, note = excluded.note, at = excluded.at
    """
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One message that went wrong, without personal data."""

    id: int
    text: str
    at: datetime
    why: Literal["unanswered", "badly_received"]
    entry: str | None = None
    """The entry that was told; None where nothing was."""
    version: str | None = None
    """Its version then."""


async def troubles(engine: AsyncEngine, since: datetime) -> Sequence[Trouble]:
    """Everything since a moment that nobody answered or that was received badly, the oldest first; at most `MOST` messages."""
    async with engine.connect() as connection:
        rows = (await connection.execute(_TALKS, {"since": since, "most": MOST})).all()
    return await asyncio.to_thread(_troubles, rows)


def _troubles(rows: "Sequence[Row[tuple[object, ...]]]") -> Sequence[Trouble]:
    found = (_trouble(row) for row in reversed(rows))
    return [one for one in found if one is not None]


async def set_aside(engine: AsyncEngine, question: str, author: str, now: datetime, note: str = "") -> None:
    """Say that a question is none of ours: it is not shown again."""
    values = {"question": storable(question), "author": author, "note": storable(note), "now": now}
    async with engine.begin() as connection:
        await connection.execute(_ASIDE, values)
        await audit(connection, now, author, ("gap.aside", question[:200]), note=note)


async def aside(engine: AsyncEngine) -> frozenset[str]:
    """The questions that were set aside."""
    async with engine.connect() as connection:
        return frozenset((await connection.execute(text("select question from gaps_set_aside"))).scalars())


async def guides_said(engine: AsyncEngine, messages: Iterable[int]) -> Mapping[int, str]:
    """By message: what a guide wrote next in the same talk, within a day, without personal data; where one wrote anything."""
    async with engine.connect() as connection:
        rows = await connection.execute(_REPLIES, {"ids": list(messages)})
        return {row.id: anonymous(row.text) for row in rows}


def _trouble(row: "Row[tuple[object, ...]]") -> Trouble | None:
    """What went wrong with a message; None where nothing did."""
    trace: JsonMap = row.trace
    soon = row.next_at is not None and row.next_at - row.received_at <= SOON
    after: JsonMap = row.next_trace or {}
    told = trace.get("entry")
    if isinstance(told, Mapping) and trace.get("route") != "chosen_entry":
        if not soon or not badly_received(row.text, row.next_text or "", after):
            return None
        entry, version = str(told.get("id")), str(told.get("version"))
        return Trouble(row.id, _words(row), row.received_at, "badly_received", entry, version)
    if unanswered(trace, row.reason or "", after):
        return Trouble(row.id, _words(row), row.received_at, "unanswered")
    return None


def _words(row: "Row[tuple[object, ...]]") -> str:
    """What was asked, without personal data: little of what is looked at comes this far."""
    return anonymous(row.text.strip()[:_LONGEST], row.name)


def unanswered(trace: JsonMap, reason: str, after: JsonMap) -> bool:
    """Whether we only shrugged: said that we do not know, or asked back and none of our guesses was meant.

    Small talk and what is surely none of ours (shares, homework) is no gap.
    """
    said = _scripts(trace)
    if said & _SHRUGS or reason == _CONFUSED:
        return True
    if "answer_choice" in said:
        return after.get("route") != "chosen_entry"
    sure = trace.get("confidence")
    surely = trace.get("intent") == "out_of_scope" and isinstance(sure, int | float) and sure >= _SURELY
    return "out_of_scope" in said and not surely


def badly_received(text_: str, next_text: str, after: JsonMap) -> bool:
    """Whether the message after an answer says that it was none: a complaint, a person wanted, 不是这个, the same again."""
    if after.get("route") in _DOORS or after.get("intent") in _AFTER:
        return True
    mood = after.get("sentiment")
    if isinstance(mood, int | float) and mood <= _UNHAPPY:
        return True
    return bool(next_text.strip()) and fuzz.ratio(text_, next_text) >= _REPHRASED


def _scripts(trace: JsonMap) -> frozenset[str]:
    told = trace.get("scripts")
    return frozenset(str(one.get("id")) for one in told if isinstance(one, Mapping)) if isinstance(told, list) else frozenset()


_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗凤花方俞任袁柳鲍史唐费"
    "薛雷贺倪汤罗毕郝邬安常于傅卞齐康伍余顾孟黄穆萧尹姚邵湛汪毛狄米贝明戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童颜郭梅林钟徐邱骆"
    "高夏蔡田樊胡凌霍万柯管卢莫房缪解应丁邓洪包左石崔吉龚程邢裴陆荣翁荀甄曲封靳松井段巫焦巴牧隗谷车侯全班仰秋仲伊宁仇栾暴甘"
    "刘叶司黎白赖乔谭温关曾沙游竺权盖益桓岳佟涂肖付"
)
_NAMED = re.compile(
    rf"(我叫|名字叫|名字是|我姓|收[件货]人[是为:：]?|联系人[是为:：]?|姓名[是为:：]?|寄给)\s*[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}"
)
_CALLED = re.compile(rf"[{_SURNAMES}](?=先生|女士|小姐|太太|阿姨)")
_NUMBER = re.compile(r"(?<![\d.])\d{8,12}(?![\d.])")


def anonymous(words: str, name: str | None = None) -> str:
    """The words without what belongs to one person: numbers, addresses, and the names that are told as such.

    ``name`` is what the shopper is called.
    """
    words = _NUMBER.sub("[号码]", masked(words))
    words = _CALLED.sub("某", _NAMED.sub(r"\1[姓名]", words))
    return words.replace(name, "[姓名]") if name and len(name) >= 2 else words
