"""Every route of the front door for everybody who may knock, at a talk of their own store and of another.

The table names every route; one that is added to the door and not to the table fails the first test. Of a shopper of the other
store a word stands wherever a word of a shopper may stand; no answer to anybody else may hold it, and no call of theirs may
change anything of it.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from tests.front.conftest import Desk, Door
from tests.front.desk_rig import furnish

WORD, OWN_WORD = "紫藤湖", "白鹭洲"
"""What stands in every row of the shopper of the other store (s2), and of the one of the own store (s1)."""


@dataclass(frozen=True)
class Call:
    """How a route is called, and who may."""

    kind: str
    """``open`` to everybody, ``shopper`` with the token of the talk, ``signed`` for accounts, ``staff`` for guides, leads, admins,
    ``talk`` the same about one talk, ``leads``, ``editors`` for the console, ``console`` for its pages,
    ``admins`` and ``headquarters`` (admins, leads of no store) for its calls, ``admin pages``, ``headquarters pages`` and
    ``own page`` for theirs, ``page`` for other pages in people's browsers."""
    body: Mapping[str, Any] | None = None
    query: str = ""
    own: frozenset[int] = frozenset({200})
    """Answers to whoever may."""
    other: frozenset[int] = frozenset({404})
    """Answers about another store's talk."""
    shows: bool = False
    """Whether the answer to whoever may holds the shopper's word."""
    mine: bool = field(default=False)
    """Whether it is about the talk that the call names in its body or query, not in its address."""


def of(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)


_HELD = of(200, 201, 202, 409)
TALK = "/api/desk/{conversation}"
TABLE: Mapping[str, Call] = {
    "GET /": Call("open"),
    "GET /chat": Call("open"),
    "GET /favicon.ico": Call("open"),
    "GET /healthz": Call("open"),
    "GET /readyz": Call("open"),
    "GET /metrics": Call("open"),
    "GET /status": Call("open"),
    "GET /version": Call("open"),
    "GET /static": Call("open", query="/desk.css"),
    "GET /desk/shell": Call("open"),
    "GET /desk/assets/{mark}/{name}": Call("open"),
    "GET /chat/assets/{mark}/{name}": Call("open"),
    "GET /desk-worker.js": Call("open"),
    "GET /desk.webmanifest": Call("open"),
    "GET /login": Call("open"),
    "GET /password": Call("open"),
    "GET /hooks/wecom/{account}": Call("open"),
    "POST /hooks/wecom/{account}": Call("open"),
    "POST /hooks/feishu/{account}": Call("open"),
    "POST /hooks/dingtalk/{account}": Call("open"),
    "GET /hooks/aibot/{account}": Call("open"),
    "POST /hooks/aibot/{account}": Call("open"),
    "POST /model/parse": Call("open", {"text": "你好"}),
    "GET /webhooks/rest/": Call("open"),
    "GET /webhooks/rest": Call("open"),
    "POST /webhooks/rest/webhook": Call("open", {"sender": "rest-1", "message": ""}),
    "GET /api/openapi.json": Call("open"),
    "POST /api/login": Call("open", {"name": "nobody-is-called-so", "password": "x"}),
    "POST /api/chat": Call("open", {}),
    "POST /api/events": Call("open", {"events": []}),
    "GET /go/{token}": Call("open"),
    "GET /desk": Call("page"),
    "GET /sidebar": Call("page", query="?account=demo"),
    "GET /console": Call("page"),
    "GET /console/gaps": Call("console"),
    "GET /console/gaps/why": Call("console", query=f"?question={WORD}"),
    "GET /console/pairs": Call("console"),
    "GET /console/scripts": Call("console"),
    "GET /console/entries": Call("console"),
    "GET /console/export/{sort}": Call("editors", own=of(200, 503)),
    "GET /console/new/{sort}": Call("console"),
    "GET /console/{sort}/{item}": Call("console"),
    "GET /console/{sort}/{item}/history": Call("console"),
    "POST /console/edit/{sort}/{step}": Call("editors", own=of(503)),
    "GET /console/drafts": Call("console"),
    "GET /console/export/drafts": Call("editors", own=of(200, 503)),
    "GET /console/drafts/{draft}": Call("console"),
    "POST /console/drafts/{draft}/{move}": Call("editors", own=of(404, 503)),
    "GET /console/publish": Call("console", query="?draft=1"),
    "POST /console/publish": Call("leads", query="?draft=1", own=of(503), other=of(503)),
    "GET /console/publish/look": Call("console", query="?draft=1"),
    "POST /console/publish/replay": Call("editors", query="?draft=1", own=of(503)),
    "POST /console/publish/replay/{replay}/cancel": Call("editors", query="?draft=1", own=of(503)),
    "GET /console/replays/{replay}/events": Call("editors", own=of(404)),
    "GET /console/replays/{replay}/examples": Call("console"),
    "GET /console/published/{release}": Call("console"),
    "POST /console/published/{release}/undo": Call("leads", own=of(503), other=of(503)),
    "GET /console/overview": Call("console"),
    "GET /console/overview/families": Call("console"),
    "GET /console/overview/waiting/{what}": Call("console"),
    "GET /console/export/overview": Call("editors"),
    "GET /console/releases": Call("console"),
    "GET /console/export/releases": Call("editors"),
    "GET /console/releases/{release}": Call("console"),
    "GET /console/releases/{release}/back": Call("console", own=of(409)),
    "POST /console/releases/{release}/back": Call("headquarters", {}, own=of(400)),
    "GET /console/releases/{release}/export.zip": Call("editors"),
    "GET /console/releases/{release}/export.xlsx": Call("editors", own=of(200, 503)),
    "GET /console/effect": Call("console"),
    "GET /console/effect/trials": Call("console"),
    "GET /console/export/effect": Call("editors", own=of(200, 503)),
    "GET /console/staff": Call("console"),
    "GET /console/export/staff": Call("editors", own=of(200, 503)),
    **{
        f"GET /console/{one}": Call("console")
        for sort in ("guides", "stores", "macros")
        for one in (f"new/{sort}", f"{sort}/{{item}}", f"{sort}/{{item}}/history")
    },
    **{f"POST /console/edit/{sort}/{{deed}}": Call("editors", own=of(503)) for sort in ("guides", "stores", "macros")},
    **{
        f"GET /console/{one}": Call("console")
        for one in (
            "products",
            "products/{item}",
            "products/{item}/history",
            "products/{item}/row",
            "new/products",
            "tags",
            "tags/{item}",
            "tags/{item}/history",
            "new/tags",
            "words",
            "words/{item}",
            "words/{item}/history",
            "new/words",
            "rules",
            "rules/{item}",
            "rules/{item}/history",
            "new/rules",
            "rules-goods",
            "training",
            "training/{item}",
            "training/{item}/history",
            "training-suggested",
            "training-standing",
            "settings",
            "settings/{item}",
            "settings/{item}/history",
            "replay",
            "replay/{replay}",
            "workbook",
        )
    },
    **{
        f"GET /console/export/{one}": Call("editors", own=of(200, 503))
        for one in ("products", "tags", "words", "rules", "training")
    },
    **{
        f"POST /console/edit/{sort}/{{deed}}": Call("editors", own=of(503))
        for sort in ("products", "tags", "words", "rules", "settings")
    },
    **{
        f"POST /console/training/{{item}}/{deed}": Call("editors", own=of(503))
        for deed in ("add", "take", "back", "move", "return", "check")
    },
    "POST /console/training-own": Call("editors", own=of(503)),
    "POST /console/products/{item}/status": Call("editors", own=of(503)),
    "POST /console/products/{item}/undo": Call("editors", query="?draft=1", own=of(503)),
    "POST /console/rules-preview": Call("editors", own=of(503)),
    "POST /console/words-check": Call("editors", own=of(503)),
    "POST /console/replay": Call("editors", own=of(400)),
    "POST /console/replay/{replay}/cancel": Call("editors", own=of(503)),
    "GET /console/export/replay/{replay}": Call("editors", own=of(404)),
    "GET /console/workbook/download": Call("editors", own=of(503)),
    "POST /console/workbook/look": Call("editors", own=of(503)),
    "POST /console/workbook": Call("editors", own=of(503)),
    "GET /console/accounts": Call("admin pages"),
    "POST /console/accounts": Call("admins", {"name": "x", "role": "admin"}, own=of(400)),
    "GET /console/export/accounts": Call("admins"),
    "GET /console/accounts/{name}": Call("admin pages", own=of(404)),
    "POST /console/accounts/{name}/{act}": Call("admins", {}, own=of(404)),
    "GET /console/me": Call("own page"),
    "POST /console/me/end": Call("signed", {}),
    "GET /console/audit": Call("headquarters pages"),
    "GET /console/export/audit": Call("headquarters"),
    "GET /api/me": Call("signed"),
    "POST /api/password": Call("signed", {"password": "wrong password", "new": "another password"}, own=of(401)),
    "POST /api/logout": Call("signed", {}, own=of(204)),
    "POST /api/chat/{conversation}/members": Call("shopper", {"name": "某人"}),
    "GET /api/chat/{conversation}/room": Call("shopper"),
    "GET /api/chat/{conversation}/invitation": Call("shopper"),
    "GET /api/chat/{conversation}/members": Call("shopper"),
    "POST /api/chat/{conversation}/leave": Call("shopper", {}),
    "POST /api/chat/{conversation}/return": Call("shopper", {}),
    "GET /api/chat/{conversation}/private": Call("shopper"),
    "POST /api/chat/{conversation}/messages/{message}/recall": Call("shopper", {}),
    "POST /api/chat/{conversation}/messages": Call("shopper", {"text": "在吗"}),
    "GET /api/chat/{conversation}/messages": Call("shopper"),
    "GET /api/chat/{conversation}/events": Call("shopper"),
    "POST /api/chat/{conversation}/events": Call("shopper", {"sku": "p1", "kind": "view"}),
    "POST /api/chat/{conversation}/typing": Call("shopper", {}),
    "GET /api/desk/queue": Call("staff", query="?with=bot", shows=True),
    "GET /api/desk/events": Call("talk", query="?conversation={conversation}&with=bot", mine=True, shows=True),
    "GET /api/desk/scripts": Call("talk", query="?conversation={conversation}&q=您", mine=True),
    "GET /api/desk/scripts/own": Call("talk", query="?conversation={conversation}", mine=True),
    "POST /api/desk/scripts/own": Call(
        "talk",
        {"id": "t1", "family": "招呼语", "text": "您好", "conversation": "{conversation}"},
        own=of(403, 503),
        mine=True,
    ),
    "POST /api/desk/scripts/own/{script}": Call(
        "talk", {"family": "招呼语", "text": "您好", "conversation": "{conversation}"}, own=of(503), mine=True
    ),
    "DELETE /api/desk/scripts/own/{script}": Call("staff", own=of(503)),
    "GET /api/desk/products": Call("talk", query="?conversation={conversation}", mine=True),
    "GET /api/desk/entries": Call("talk", query="?conversation={conversation}&q=退货", mine=True),
    "GET /api/desk/macros": Call("staff"),
    "GET /api/desk/tags": Call("staff"),
    "GET /api/desk/tasks": Call("staff", query="?all=1", shows=True),
    "POST /api/desk/tasks/{task}": Call("talk", {"state": "open"}, own=of(200, 403)),
    "GET /api/desk/colleagues": Call("staff"),
    "POST /api/desk/duty": Call("talk", {"state": "on", "guide": "g3"}, other=of(403, 404)),
    "POST /api/desk/inherit": Call("leads", {"from": "g3", "store": "s2", "customers": []}, own=of(200), other=of(403, 404)),
    "GET /api/desk/search": Call("staff", query="?q={word}", shows=True),
    "GET /api/desk/export": Call("leads", query="?days=30", shows=True),
    "GET /api/desk/reports": Call("staff", query="?days=30"),
    "GET /api/desk/campaigns/{campaign}": Call("talk", shows=True),
    "POST /api/desk/campaigns/{campaign}": Call("talk", {"terms": {"note": "自提"}}, shows=True),
    "POST /api/desk/campaigns/{campaign}/lines": Call("talk", {"name": "某人", "sku": "m1", "n": 1}, shows=True),
    "POST /api/desk/campaigns/{campaign}/doubts/{doubt}/settle": Call("talk", {}, own=of(200, 404)),
    "GET /api/desk/campaigns/{campaign}/export.xlsx": Call("talk"),
    f"GET {TALK}/campaigns": Call("talk", shows=True),
    f"POST {TALK}/campaigns": Call("talk", {"title": "团", "text": "苹果 斤 8"}, own=of(400)),
    f"GET {TALK}": Call("talk", shows=True),
    f"GET {TALK}/profile": Call("talk", shows=True),
    f"GET {TALK}/suggestions": Call("talk", shows=True),
    f"POST {TALK}/typing": Call("talk", {}, own=of(202)),
    f"POST {TALK}/notes": Call("talk", {"text": "备注"}, own=of(200, 201)),
    f"DELETE {TALK}/notes/{{note}}": Call("talk", own=of(200, 204, 404)),
    f"POST {TALK}/quiet": Call("talk", {"opted_out": True, "hushed": True}),
    f"POST {TALK}/tags": Call("talk", {"tag": "concern", "value": "补水"}),
    f"POST {TALK}/tasks": Call("talk", {"text": "回电话", "due_at": "2030-01-01T10:00:00+08:00"}, own=of(200, 201)),
    f"POST {TALK}/correct": Call("talk", {"message": 1, "kind": "silent"}, own=of(200, 201, 404)),
    f"POST {TALK}/claim": Call("talk", {}, own=_HELD),
    f"POST {TALK}/reply": Call("talk", {"id": "r1", "text": "您好"}, own=_HELD),
    f"POST {TALK}/macro": Call("talk", {"id": "m1", "macro": "tagonly"}, own=_HELD),
    f"POST {TALK}/offers/{{offer}}/taken": Call("talk", {}, own=_HELD),
    f"POST {TALK}/offers/{{offer}}/dismiss": Call("talk", {}, own=of(200, 204, 404, 409)),
    f"POST {TALK}/transfer": Call("talk", {"store": "s2", "note": "请接一下"}, own=_HELD),
    f"POST {TALK}/hand_back": Call("talk", {}, own=_HELD),
    f"POST {TALK}/close": Call("talk", {}, own=_HELD),
    "GET /api/wecom/{account}/signature": Call("staff", query="?url=https://x.invalid/", own=of(404)),
    "GET /api/wecom/{account}/contact": Call("staff", query="?external_userid={external}", own=of(404)),
    "POST /api/wecom/{account}/unsent": Call("staff", {"conversation": "{conversation}", "offer": 1}, own=of(404)),
    "GET /api/console/gaps": Call("editors", own=of(200, 503)),
    "POST /api/console/gaps/draft": Call("editors", {"question": "x"}, own=of(201, 404, 503)),
    "POST /api/console/gaps/aside": Call("editors", {"question": "x"}, own=of(204)),
    "GET /api/console/drafts": Call("editors"),
    "POST /api/console/drafts": Call("editors", {"entry": {"questions": ["x"], "answer": "y"}}, own=of(201, 403)),
    "GET /api/console/drafts/{draft}": Call("editors", own=of(404)),
    "POST /api/console/drafts/{draft}": Call("editors", {"entry": {}}, own=of(404)),
    "POST /api/console/drafts/{draft}/publish": Call("editors", {}, own=of(403, 404, 503)),
    "POST /api/console/drafts/{draft}/dismiss": Call("editors", {}, own=of(404)),
    "POST /api/console/trial": Call("editors", {"question": "x", "entry": {}}, own=of(200, 422, 503)),
    "GET /console/groups": Call("page"),
    "GET /console/groups/{conversation}": Call("page"),
    "GET /api/console/groups": Call("editors"),
    "GET /api/console/groups/{conversation}": Call("editors", own=of(404)),
    "POST /api/console/groups/{conversation}": Call("editors", {"version": ""}, own=of(403, 404)),
    "GET /api/console/groups/{conversation}/export": Call("editors", own=of(404)),
    "GET /api/console/pairs": Call("editors", own=of(200, 503)),
}
LATER = frozenset({"GET /api/desk/reports", f"POST {TALK}/correct"})
"""In the contract, and at this door only when those parts are."""
VIEWERS: Mapping[str, Mapping[str, str]] = {
    "nobody": {},
    "shopper": {},
    "guide": {"role": "guide", "guide": "g1", "store": "s1"},
    "homeless": {"role": "guide"},
    "lead": {"role": "lead", "store": "s1"},
    "editor": {"role": "editor"},
    "their guide": {"role": "guide", "guide": "g3", "store": "s2"},
    "their lead": {"role": "lead", "store": "s2"},
    "area lead": {"role": "lead"},
    "admin": {"role": "admin"},
}
STRANGERS = ("nobody", "shopper", "guide", "homeless", "lead", "editor")
INSIDERS = ("their guide", "their lead", "area lead", "admin")
_STAFF = frozenset({"guide", "lead", "admin"})
_MAY: Mapping[str, frozenset[str]] = {
    "signed": frozenset({"guide", "lead", "editor", "admin"}),
    "staff": _STAFF,
    "talk": _STAFF,
    "leads": frozenset({"lead", "admin"}),
    "editors": frozenset({"lead", "editor", "admin"}),
    "admins": frozenset({"admin"}),
    "headquarters": frozenset({"lead", "admin"}),
}
PAGES: Mapping[str, str] = {"admin pages": "admins", "headquarters pages": "headquarters", "own page": "signed"}
"""Pages of the console whose readers are not its writers: whoever is not signed in is sent to do so."""


def named(route: web.AbstractRoute) -> str:
    """``GET /api/desk/{conversation}/claim``, whatever patterns stand in the address."""
    assert route.resource is not None
    return f"{route.method} {route.resource.canonical}"


def routes(door: Door) -> set[str]:
    app: web.Application = door.http.server.app  # type: ignore[attr-defined,union-attr]
    return {named(route) for route in app.router.routes() if route.method != "HEAD"}


async def test_every_route_stands_in_the_table(door: Door) -> None:
    assert routes(door) - TABLE.keys() == set(), "name it in TABLE, with who may call it"
    assert TABLE.keys() - routes(door) - LATER == set()


@dataclass
class Town:
    """A door behind which two shoppers are known, each to their own store."""

    door: Door
    talks: dict[str, str]
    """Store → conversation."""
    tokens: dict[str, str]
    ids: dict[str, dict[str, str]]
    """Store → what stands for the placeholders of an address."""

    async def everything(self, store: str) -> list[object]:
        """Every row that hangs on the talk of a store, as text."""
        found: list[object] = []
        talk = self.talks[store]
        for table, column in await self.door.rows(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'public' and column_name in ('conversation_id', 'customer_id') and table_name <> 'conversations' "
            "order by 1, 2"
        ):
            whose = "in (select customer_id from conversations where id = :talk)" if column == "customer_id" else "= :talk"
            found += await self.door.rows(
                f"select '{table}', t::text from \"{table}\" t where {column} {whose} order by 2", talk=talk
            )
        found += await self.door.rows(
            "select c::text, p::text from conversations c join customers p on p.id = c.customer_id where c.id = :talk", talk=talk
        )
        return found


_PLANT = (
    "update customers set name = :word where id = :who",
    "insert into messages (conversation_id, author, text) values (:talk, 'shopper', :word)",
    (
        "insert into inbox (channel, account, platform_id, conversation_id, kind, text, sent_at, outcome) "
        "values ('web', '', :talk || 'x', :talk, 'text', :word, now(), 'failed')"
    ),
    "update handovers set reason = :word, assigned = :guide, created_at = :now where conversation_id = :talk",
    "insert into notes (conversation_id, author, text) values (:talk, :guide, :word)",
    (
        "insert into tasks (conversation_id, customer_id, store, guide, text, due_at, author) "
        "select :talk, :who, store, null, :word, :now, :guide from customers where id = :who"
    ),
    "insert into customer_tags (customer_id, tag, value, confidence, source, at) values (:who, 'brand', :word, 1, 'guide:x', :now)",
    "insert into events (customer_id, sku, kind, at, source, key) values (:who, :word, 'buy', :now, 'api', :talk)",
    (
        "insert into alerts (key, kind, store, conversation_id, text, created_at) select :talk, 'take', store, :talk, :word, :now "
        "from customers where id = :who"
    ),
    (
        "insert into campaigns (conversation_id, title, menu, terms, opens_at, author) select :talk, :word, "
        """'[{"sku": "m1", "name": "苹果", "unit": "斤", "price": "8"}]', '{}', now(), :guide"""
    ),
    (
        "insert into order_doubts (campaign_id, sender, name, message, text, question) "
        "select id, 'u', :word, '1', :word, :word from campaigns where conversation_id = :talk"
    ),
    (
        "insert into corrections (conversation_id, question, wrong, kind, author, store) "
        "select :talk, :word, :word, 'reply', 'g', store from customers where id = :who"
    ),
    (
        "insert into outbox (msgid, conversation_id, author, epoch, speech, state, deadline) "
        "values (:talk || 'o', :talk, 'bot', 0, jsonb_build_object('text', cast(:word as text)), 'offered', now() + interval '1 year')"
    ),
    (
        "insert into outbox (msgid, conversation_id, author, epoch, speech, state) "
        "values (:talk || 'h', :talk, 'guide', 0, jsonb_build_object('text', cast(:word as text)), 'held')"
    ),
)


@pytest.fixture
async def town(door: Door, tmp_path: Path) -> AsyncIterator[Town]:
    await furnish(door, tmp_path)
    found = Town(door, {}, {}, {})
    for store, word, guide in (("s2", WORD, "g3"), ("s1", OWN_WORD, "g1")):
        path, headers = await door.chat(name=word)
        talk = path.rpartition("/")[2]
        await door.http.post(f"{path}/messages", json={"text": f"{word}怎么走"}, headers=headers)
        await door.waits(talk, store=store)
        who = await door.one("select customer_id from conversations where id = :id", id=talk)
        told = {"talk": talk, "who": who, "word": word, "guide": guide, "now": door.clock.now()}
        for step in _PLANT:
            await door.rows(step, **{name: value for name, value in told.items() if f":{name}" in step})
        ids = {
            name: str(await door.one(f"select max(id) from {table} where conversation_id = :id", id=talk))
            for name, table in (("task", "tasks"), ("note", "notes"), ("message", "messages"), ("campaign", "campaigns"))
        }
        ids["doubt"] = str(
            await door.one(
                "select max(d.id) from order_doubts d join campaigns o on o.id = d.campaign_id where o.conversation_id = :id",
                id=talk,
            )
        )
        offer = await door.one("select id from outbox where conversation_id = :id and state = 'offered'", id=talk)
        found.talks[store], found.tokens[store] = talk, headers["Authorization"]
        found.ids[store] = {
            "conversation": talk, "offer": str(offer), **ids, "account": "demo", "draft": "999999", "token": "t",
            "sort": "scripts", "item": "greet", "move": "propose", "step": "save", "replay": "1", "release": "1",
            "what": "findings", "act": "end", "deed": "save",
            "script": "my-g3-abc", "mark": "0" * 12, "name": "main.js", "word": word, "external": talk,
        }  # fmt: skip
    return found


async def viewer(town: Town, name: str) -> tuple[Desk, dict[str, str]]:
    """Somebody's browser and what it sends along."""
    told = VIEWERS[name]
    if told:
        desk = await town.door.guide(f"account {name}", told["role"], told.get("guide"), told.get("store"))
        return desk, {"X-CSRF-Token": desk.csrf}
    return Desk(town.door.open()), {"Authorization": town.tokens["s1"]} if name == "shopper" else {}


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """A body or an address with the ids of a talk in it."""
    if isinstance(value, str):
        return re.sub(r"{(\w+)}", lambda found: ids.get(found[1], found[0]), value)
    return {key: filled(one, ids) for key, one in value.items()} if isinstance(value, Mapping) else value


async def knock(desk: Desk, headers: Mapping[str, str], route: str, ids: Mapping[str, str]) -> tuple[int, str]:
    """Call a route about a talk; its status, and all that was answered (of a stream what comes first)."""
    method, path = route.split(" ", 1)
    call = TABLE[route]
    address = filled(path + call.query, ids)
    body = None if method == "GET" else filled(dict(call.body or {}), ids)
    answer = await desk.http.request(method, address, json=body, headers=dict(headers), allow_redirects=False)
    said = await _first(answer) if "event-stream" in answer.headers.get("Content-Type", "") else await answer.read()
    answer.close()
    return answer.status, f"{answer.headers} {said.decode('utf-8', 'replace')}"


async def _first(answer: ClientResponse, least: int = 2) -> bytes:
    """The first events of a stream."""
    found = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            while found.count(b"\ndata: ") < least and not answer.content.at_eof():
                found += await answer.content.readline()
    return found


def expected(name: str, call: Call, *, insider: bool) -> frozenset[int] | None:
    """The statuses that are right; None: any below 500, for the route is no secret."""
    role = VIEWERS[name].get("role", "")
    if call.kind in {"open", "page"}:
        return None
    if call.kind == "console":
        return of(303) if not role else call.own | of(404, 503) if role in _MAY["editors"] else of(403)
    if call.kind == "shopper":
        return of(401, 403)
    kind = PAGES.get(call.kind, call.kind)
    if not role:
        return of(303 if call.kind in PAGES else 401)
    if role not in _MAY[kind] or (kind == "headquarters" and "store" in VIEWERS[name]):
        return of(403)
    if insider or kind in {"signed", "staff", "editors", "admins", "headquarters"} or (call.kind == "leads" and call.shows):
        return call.own
    return call.other | (of(403) if call.kind == "leads" else of())


def here(town: Town) -> Sequence[str]:
    """The routes of this door, signing out last."""
    return sorted(routes(town.door) & TABLE.keys(), key=lambda route: (route == "POST /api/logout", route))


@pytest.mark.parametrize("name", STRANGERS)
async def test_nobody_elses_call_brings_a_word_or_changes_a_row(town: Town, name: str) -> None:
    """The shopper is the other store's: by their id, by the ids of all that hangs on them, by searching and by listing."""
    desk, headers = await viewer(town, name)
    before = await town.everything("s2")
    assert sum(WORD in str(row) for row in before) >= 14
    wrong = []
    for route in here(town):
        status, said = await knock(desk, headers, route, town.ids["s2"])
        right = expected(name, TABLE[route], insider=False)
        if (right is None and status >= 500 and route != "GET /readyz") or (right is not None and status not in right):
            wrong.append(f"{route}: {status}, not {sorted(right or ())}: {said[-200:]}")
        told = said.replace(town.ids["s2"]["conversation"], "") if TABLE[route].kind == "page" else said
        if WORD in told.replace("%E7%B4%AB%E8%97%A4%E6%B9%96", WORD):
            wrong.append(f"{route}: tells {WORD}")
    assert wrong == []
    assert await town.everything("s2") == before


@pytest.mark.parametrize("name", INSIDERS)
async def test_whoever_may_gets_it_by_the_same_call(town: Town, name: str) -> None:
    """The same table the other way round: so it is the viewer that makes the difference, and the word would be found."""
    desk, headers = await viewer(town, name)
    wrong = []
    order = [*(f"POST {TALK}/{last}" for last in ("transfer", "hand_back", "close")), "POST /api/logout"]
    for route in sorted(here(town), key=lambda one: (one in order, order.index(one) if one in order else 0, one)):
        status, said = await knock(desk, headers, route, town.ids["s2"])
        right = expected(name, TABLE[route], insider=True)
        if right is not None and status not in right:
            wrong.append(f"{route}: {status}, not {sorted(right)}: {said[-200:]}")
        if TABLE[route].shows and right == TABLE[route].own and WORD not in said:
            wrong.append(f"{route}: does not tell {WORD}")
    assert wrong == []


@pytest.mark.parametrize("name", ["guide", "lead"])
async def test_ones_own_store_is_open_and_the_other_word_is_in_none_of_it(town: Town, name: str) -> None:
    """All calls about a talk of one's own, with the ids of the other store smuggled in where a call takes further ids."""
    desk, headers = await viewer(town, name)
    before = await town.everything("s2")
    mixed = {**town.ids["s2"], "conversation": town.talks["s1"], "word": WORD}
    wrong = []
    last = [f"POST {TALK}/{end}" for end in ("transfer", "hand_back", "close")]
    for ids in (town.ids["s1"], mixed):
        for route in sorted(here(town), key=lambda one: (one in last, one)):
            if route in {"POST /api/logout", *last} and ids is not mixed:
                continue
            if route == "POST /api/logout":
                continue
            status, said = await knock(desk, headers, route, ids)
            if status >= 500 and status not in TABLE[route].own and "/console/" not in route and route != "GET /readyz":
                wrong.append(f"{route}: {status}")
            if WORD in said:
                wrong.append(f"{route}: tells {WORD}")
            if TABLE[route].shows and ids is not mixed and status == 200 and OWN_WORD not in said:
                wrong.append(f"{route}: does not tell {OWN_WORD}")
    assert wrong == []
    assert await town.everything("s2") == before


async def test_an_open_desk_hears_nothing_of_another_store(town: Town) -> None:
    """While the other store's shopper writes, is claimed and noted, only what is one's own comes over the line."""
    desk, _ = await viewer(town, "guide")
    answer = await desk.get("/api/desk/events?with=bot")
    heard = await _first(answer, 1)
    for talk, word in ((town.talks["s2"], WORD), (town.talks["s1"], OWN_WORD)):
        await town.door.rows(
            "insert into messages (conversation_id, author, text) values (:id, 'shopper', :word)", id=talk, word=f"{word}又来了"
        )
        await town.door.rows(
            "update conversations set owner = 'human', guide = 'g9', owner_since = now() where id = :id", id=talk
        )
        await town.door.rows(
            "insert into alerts (key, kind, conversation_id, text, created_at) values (:key, 'take', :id, :word, :now)",
            key=f"again {talk}", id=talk, word=word, now=town.door.clock.now(),
        )  # fmt: skip
    async with asyncio.timeout(20):
        while f"{OWN_WORD}又来了".encode() not in heard:
            heard += await answer.content.readline()
    answer.close()
    assert WORD.encode() not in heard
    assert town.talks["s2"].encode() not in heard


async def test_a_talk_that_goes_to_another_store_is_heard_of_no_more(town: Town) -> None:
    desk, headers = await viewer(town, "guide")
    talk = town.talks["s1"]
    answer = await desk.get(f"/api/desk/events?conversation={talk}")
    await _first(answer, 1)
    assert (await desk.post(f"/api/desk/{talk}/claim")).status == 200
    moved = await desk.http.post(f"/api/desk/{talk}/transfer", json={"guide": "g3", "force": True}, headers=headers)
    assert moved.status == 200, await moved.text()
    await town.door.rows("insert into messages (conversation_id, author, text) values (:id, 'shopper', '新店的话')", id=talk)
    async with asyncio.timeout(20):
        left_over = await answer.content.read()
    assert "新店的话".encode() not in left_over
    assert (await desk.get(f"/api/desk/{talk}")).status == 404


@pytest.mark.parametrize(
    "deed", ["delete from logins", "update users set disabled = true", "update users set role = 'editor' where role = 'guide'"]
)
async def test_who_is_signed_out_hears_no_more(town: Town, deed: str) -> None:
    desk, _ = await viewer(town, "guide")
    answer = await desk.get("/api/desk/events?with=bot")
    await _first(answer, 1)
    await town.door.rows(deed)
    await town.door.rows("update customers set name = '新来的' where name = :word", word=OWN_WORD)
    async with asyncio.timeout(20):
        left_over = await answer.content.read()
    assert "新来的".encode() not in left_over


async def test_a_guide_who_went_to_another_shop_sees_the_customers_of_that_one(town: Town) -> None:
    """``guides.yml`` says that g3 is of s2, whatever store was written into the account when it was made."""
    desk = await town.door.guide("moved", "guide", "g3", "s1")
    assert (await (await desk.get("/api/me")).json())["store"] == "s2"
    assert (await desk.get(f"/api/desk/{town.talks['s1']}")).status == 404
    assert (await desk.get(f"/api/desk/{town.talks['s2']}")).status == 200


async def test_who_guesses_ids_cannot_tell_a_talk_that_exists_from_none(town: Town) -> None:
    desk, headers = await viewer(town, "guide")
    nowhere = {**town.ids["s2"], "conversation": "w" + "0" * 20, "task": "999999", "note": "999999", "offer": "999999"}
    for route in here(town):
        if TABLE[route].kind != "talk" or route == "POST /api/desk/duty":
            continue
        told, blank = [await knock(desk, headers, route, ids) for ids in (town.ids["s2"], nowhere)]
        assert told[0] == blank[0], route
        assert told[1].partition("{")[2] == blank[1].partition("{")[2], route
