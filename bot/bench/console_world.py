"""A database with as many messages as somebody wants, over as many days, the same at every run: what ``console`` reads.

All of it is written by PostgreSQL itself, from hashes of a counter. A *breath* is one thing that was said to a shopper; three of
four follow a word of theirs, three of a hundred are a guide's. Traces are as long as those of real turns.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db.engine import asyncpg_url

_INTENTS: Final = ("ask_shipping", "track_order", "urge_order")
_TRACE: Final = {
    "route": "ask_shipping",
    "intent": "ask_shipping",
    "confidence": 0.93,
    "intents": ["ask_shipping"],
    "candidates": [{"intent": one, "confidence": 0.93 / (n + 1)} for n, one in enumerate(_INTENTS)],
    "slots": [{"name": "city", "value": "上海", "negated": False, "text": "上海", "start": 2}],
    "sentiment": 0.1,
    "urgency": 0.0,
    "why": "知识库 shipping-1",
    "hits": [{"entry": f"shipping-{n}", "score": 0.8 - n / 10} for n in range(5)],
    "release": "abcdef012345",
}
_TALKS: Final = 12
"""Breaths in a talk."""

_SHOPPERS: Final = """
    insert into customers (id, channel, account, external, name, unionid, store, opted_out_at)
    select 'c' || md5(n::text), (array['web', 'wecom_kf', 'feishu'])[1 + n % 3], '', 'x' || n, '顾客' || n,
        case when n % 10 < 2 then 'u' || n / 10 end, case when n % 7 > 0 then 's' || n % 6 end,
        case when n % 100 = 0 then cast(:now as timestamptz) - cast(:days as int) * interval '1 day' * (n % 997) / 997 end
    from generate_series(1, cast(:talks as int)) as n
"""
_CONVERSATIONS: Final = """
    insert into conversations (id, channel, account, peer, external, customer_id, is_group, store)
    select 'v' || md5(n::text), (array['web', 'wecom_kf', 'feishu'])[1 + n % 3], '', '', 'x' || n, 'c' || md5(n::text),
        n % 50 = 0, case when n % 7 > 0 then 's' || n % 6 end
    from generate_series(1, cast(:talks as int)) as n
"""
# a quarter of the talks has three quarters of what is said
_BREATHS: Final = """
    create temporary table breaths on commit drop as
    select n, 'v' || md5((1 + case when a % 4 = 0 then b % :talks else b % (1 + :talks / 4) end)::text) as talk,
        cast(:now as timestamptz) - cast(:days as int) * interval '1 day' * (:many - n) / :many as at, a, b
    from (select n, abs(hashint4extended(n, 1)) as a, abs(hashint4extended(n, 2)) as b
        from generate_series(1, cast(:many as int)) as n) as dice
"""
_INBOX: Final = """
    insert into inbox (channel, account, platform_id, conversation_id, sender, kind, text, sent_at, received_at, state, outcome,
        reason, trace)
    select c.channel, '', 'p' || n, talk, c.external, 'text',
        (array['什么时候发货呀到上海要几天', '这个多少钱', '能开发票吗', '孕妇可以用吗', '怎么退货呀'])[1 + b % 5] || n % 700,
        at - interval '2 seconds', at - interval '2 seconds', 'settled',
        (array['answered', 'answered', 'answered', 'answered', 'answered', 'silent', 'handed_over', 'answered'])[1 + a % 8],
        '知识库', cast(:trace as jsonb)
            || jsonb_build_object('scripts', jsonb_build_array(jsonb_build_object('id', case when a % 19 = 0 then 'no_answer'
                else 'script' || n % 150 end, 'variant', 1, 'version', 'abcdef123456', 'wording', 'w1')))
            || case when a % 100 < 5 then '{"intent": "thank"}' when a % 100 < 10 then '{"intent": "affirm"}'
                when a % 100 < 11 then '{"intent": "complain", "route": "complain"}'
                when a % 400 = 99 then '{"route": "opt_out"}' else '{}' end::jsonb
    from breaths join conversations c on c.id = talk where b % 4 > 0 order by n
"""
_MESSAGES: Final = """
    insert into messages (conversation_id, author, sender, kind, text, body, at, inbox_id, msgid, trace, failure, recalled_at)
    select talk, author, sender, 'text', words, body, at, inbox_id, msgid, trace,
        case when author <> 'shopper' and a % 211 = 0 then '被拒收' end, case when a % 499 = 0 then at end
    from (
        select n, a, 0 as place, talk, 'shopper' as author, i.sender, i.text as words, '{}'::jsonb as body, i.received_at as at,
            i.id as inbox_id, null as msgid, null::jsonb as trace
        from breaths join inbox i on i.platform_id = 'p' || n and i.channel in ('web', 'wecom_kf', 'feishu') and i.account = ''
        union all
        select n, a, 1, talk, case when a % 100 < 97 then 'bot' else 'guide' end, null,
            '亲，一般 48 小时内发货，上海两三天就到啦，请放心～',
            jsonb_build_object('answers', jsonb_build_array(n / 2)) || case when n % 4 = 0 then jsonb_build_object('cards',
                jsonb_build_array(jsonb_build_object('sku', 'p' || n % 200, 'title', '保湿面霜'),
                    jsonb_build_object('sku', 'p' || n % 199, 'title', '保湿面霜'))) else '{}' end,
            at, null, 'm' || n, case when a % 100 < 97 then cast(:trace as jsonb) || jsonb_build_object('script',
                jsonb_strip_nulls(jsonb_build_object('id', 'script' || n % 150, 'variant', n % 3, 'version', 'abc',
                    'wording', 'w' || n % 3,
                    'experiment', case when n % 150 = 7 then 'e1' end,
                    'arm', case when n % 150 = 7 then chr(cast(65 + b % 2 as int)) end)))
                || case when n % 3 = 0 then jsonb_build_object('entry',
                    jsonb_build_object('id', 'entry' || n % 500, 'version', 'v1', 'confidence', 0.9)) else '{}' end end
        from breaths
    ) as lines order by n, place
"""
_DEEDS: Final = """
    insert into events (customer_id, sku, kind, at, source, key)
    select 'c' || md5((1 + b % :talks)::text), 'p' || n % 200,
        case when a % 20 < 12 then 'click' when a % 20 < 19 then 'buy' else 'return' end, at,
        case when a % 3 > 0 then 'go' else 'api' end, 'k' || n
    from (select n, abs(hashint4extended(n, 3)) as a, abs(hashint4extended(n, 4)) as b,
            cast(:now as timestamptz) - cast(:days as int) * interval '1 day' * (:many / 20 - n) / (:many / 20) as at
        from generate_series(1, cast(:many as int) / 20) as n) as dice
"""
_WISHES: Final = """
    insert into handovers (conversation_id, reason, kind, state, created_at, closed_at)
    select 'v' || md5((1 + b % :talks)::text), '顾客要找人工',
        case when a % 10 = 0 then 'anger' when a % 7 = 0 then 'taken' else 'asked' end, 'closed', at, at + interval '10 minutes'
    from (select n, abs(hashint4extended(n, 5)) as a, abs(hashint4extended(n, 6)) as b,
            cast(:now as timestamptz) - cast(:days as int) * interval '1 day' * (:many / 40 - n) / (:many / 40) as at
        from generate_series(1, cast(:many as int) / 40) as n) as dice
"""
_AUDIT: Final = """
    insert into audit (at, actor, action, subject, details)
    select cast(:now as timestamptz) - cast(:days as int) * interval '1 day' * (:many / 4 - n) / (:many / 4),
        case when n % 20000 = 7 then 'rare' else 'worker' || n % 9 end,
        case when n % 9000 = 0 then 'content.accepted' else 'talk.take' end,
        case when n % 9000 = 0 then (n / 9000)::text else 'v' || md5((n % :talks)::text) end,
        '{"note": "顾客等了一会儿，接过来了"}'
    from generate_series(1, cast(:many as int) / 4) as n
"""
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "people and talks": (_SHOPPERS, _CONVERSATIONS),
    "messages": (_BREATHS, _INBOX, _MESSAGES),
    "deeds, wishes, the audit": (_DEEDS, _WISHES, _AUDIT),
}
"""Each a transaction."""


async def fill(url: str, breaths: int, days: int, now: datetime, say: Callable[[str], None]) -> None:
    """Write everything into an empty schema, and let PostgreSQL look at it as its autovacuum does by and by."""
    values = {
        "many": breaths,
        "days": days,
        "now": now,
        "talks": max(_TALKS, breaths // _TALKS),
        "trace": orjson.dumps(_TRACE).decode(),
    }
    # a connection of its own: these statements take longer than any of a page may
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool, connect_args={"command_timeout": None})
    for name, statements in _STEPS.items():
        say(f"writing {name} …")
        async with engine.begin() as connection:
            for statement in statements:
                asked = {name: values[name] for name in set(re.findall(r"(?<!:):(\w+)", statement)) & set(values)}
                await connection.execute(text(statement), asked)
    async with engine.connect() as connection:
        settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await settled.execute(text("vacuum analyze"))
