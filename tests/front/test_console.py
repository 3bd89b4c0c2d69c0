"""The console: editors see what was not answered well, write entries and try them; leads publish; guides stay out."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import drafts, releases
from bot.db.drafts import Draft
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.conftest import Desk, Door
from tests.front.console_rig import opened

BASE = """
- {id: returns, questions: [不喜欢能退吗, 能退吗], answer: 签收后七天内可以退。, source: 政策}
- {id: returns-2, questions: [不喜欢可以退吗], answer: 签收后十五天内可以退。, source: 旧政策}
"""
UNSEEN = {"unseen": True, "reason": "只是补一条"}
ENTRY = {"questions": ["能刻字吗", "可以刻字吗"], "answer": "可以，最多六个字。"}


@pytest.fixture
async def office(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    """A front door with a small live base behind it."""
    files = {"brand.yml": "name: 花", "knowledge/entries/a.yml": BASE}
    async with opened((engine, client, queues, live, clock), tmp_path, files) as door:
        yield door


async def missed(office: Door, words: str, name: str = "李女士") -> None:
    """A shopper whose question nobody answered."""
    path, headers = await office.chat(name=name)
    assert (await office.http.post(f"{path}/messages", json={"text": words}, headers=headers)).status == 202
    await office.rows(
        'update inbox set state = \'settled\', outcome = \'answered\', trace = \'{"route": "clarify", "scripts": [{"id": "no_answer"}]}\' '
        "where state = 'new'"
    )


async def told(desk: Desk, path: str, status: int = 200) -> dict[str, object]:
    answer = await desk.get(path)
    assert answer.status == status, await answer.text()
    return await answer.json()


CALLS = [
    ("GET", "/api/console/gaps"),
    ("GET", "/api/console/drafts"),
    ("GET", "/api/console/drafts/1"),
    ("GET", "/api/console/pairs"),
    ("POST", "/api/console/gaps/draft"),
    ("POST", "/api/console/gaps/aside"),
    ("POST", "/api/console/drafts"),
    ("POST", "/api/console/drafts/1"),
    ("POST", "/api/console/drafts/1/publish"),
    ("POST", "/api/console/drafts/1/dismiss"),
    ("POST", "/api/console/trial"),
]


async def test_guides_and_strangers_stay_out_of_every_call_and_page(office: Door) -> None:
    guide = await office.guide("wang", guide="g1")
    for method, path in CALLS:
        stranger = await (office.http.get(path) if method == "GET" else office.http.post(path, json={}))
        assert stranger.status == 401, path
        assert (await (guide.get(path) if method == "GET" else guide.post(path))).status == 403, path
    for view in ("gaps", "drafts", "pairs", "scripts", "entries", "new/scripts", "publish?draft=1"):
        assert (await guide.get(f"/console/{view}")).status == 403
        page = await office.http.get(f"/console/{view}", allow_redirects=False)
        assert page.status == 303
        led = urlsplit(page.headers["Location"])
        assert (led.path, parse_qs(led.query)) == ("/login", {"next": [f"/console/{view}"]})


async def test_editors_write_and_only_leads_and_admins_publish(office: Door) -> None:
    editor, lead = await office.guide("ed", "editor"), await office.guide("lee", "lead")
    made = await (await editor.post("/api/console/drafts", {"entry": ENTRY})).json()
    path = f"/api/console/drafts/{made['draft']['id']}"
    assert (await editor.post(f"{path}/publish", UNSEEN)).status == 403
    before = await releases.live(office.engine)
    refused = await lead.post(f"{path}/publish")
    assert (refused.status, (await refused.json())["error"]["code"]) == (409, "no_replay")
    assert await releases.live(office.engine) == before
    assert (await lead.post(f"{path}/publish", UNSEEN)).status == 200
    assert await releases.live(office.engine) != before
    assert await office.one("select actor from audit where action = 'draft.publish'") == "lee"
    assert await office.one("select details ->> 'reason' from audit where action = 'content.yes'") == "只是补一条"


@pytest.mark.parametrize(("method", "path"), [call for call in CALLS if call[0] == "POST"])
async def test_nothing_changes_without_the_csrf_token(office: Door, method: str, path: str) -> None:
    desk = await office.guide("lee", "lead")
    desk.csrf = "guess"
    answer = await desk.post(path, {"entry": ENTRY})
    assert (answer.status, (await answer.json())["error"]["code"]) == (403, "csrf")


async def test_a_missed_question_is_listed_written_tried_published_and_gone(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    await missed(office, "你们能刻字吗")
    await missed(office, "可以刻字吗 电话13812345678", "王先生")
    listed = await told(lead, "/api/console/gaps?days=7")
    assert listed["days"] == 7
    assert "13812345678" not in str(listed)
    assert "你们能刻字吗" in str(listed)

    made = await lead.post("/api/console/gaps/draft", {"question": "你们能刻字吗"})
    assert made.status == 201
    draft = (await made.json())["draft"]
    assert draft["state"] == "draft"
    assert draft["entry"]["answer"] == ""
    path = f"/api/console/drafts/{draft['id']}"
    refused = await lead.post(f"{path}/publish", UNSEEN)
    assert refused.status == 422
    assert "答案" in (await refused.json())["error"]["message"]

    saved = await lead.post(path, {"entry": {**ENTRY, "questions": ["你们能刻字吗", "可以刻字吗"], "valid_until": "2026-12-31"}})
    assert (await saved.json())["draft"]["entry"]["valid_until"] == "2026-12-31"
    tried = await lead.post("/api/console/trial", {"question": "你们能刻字吗", "entry": ENTRY, "draft": draft["id"]})
    verdict = await tried.json()
    assert verdict["now"]["entry"] is None
    assert (await lead.post(f"{path}/publish", UNSEEN)).status == 200
    left = (await told(lead, "/api/console/gaps"))["gaps"]
    assert "你们能刻字吗" not in {one["question"] for one in left}  # type: ignore[attr-defined]
    assert (await told(lead, "/api/console/drafts"))["drafts"] == []
    assert [one["id"] for one in (await told(lead, "/api/console/drafts?state=published"))["drafts"]] == [draft["id"]]  # type: ignore[attr-defined]
    again = await (
        await lead.post("/api/console/trial", {"question": "你们能刻字吗", "entry": ENTRY, "draft": draft["id"]})
    ).json()
    assert again["now"]["entry"] == draft["item"]


async def test_a_question_that_is_none_of_ours_is_not_listed_again(office: Door) -> None:
    editor = await office.guide("ed", "editor")
    await missed(office, "明天下雨吗")
    assert len((await told(editor, "/api/console/gaps"))["gaps"]) == 1  # type: ignore[arg-type]
    assert (await editor.post("/api/console/gaps/aside", {"question": "明天下雨吗"})).status == 204
    assert (await told(editor, "/api/console/gaps"))["gaps"] == []


async def test_saving_keeps_what_the_form_does_not_show(office: Door) -> None:
    editor = await office.guide("ed", "editor")
    entry = {
        "id": "d1",
        "questions": ["能刻字吗"],
        "answer": "能",
        "source": "a",
        "audience": {"levels": ["gold"]},
        "short": "能",
    }
    await drafts.keep(office.engine, [Draft("entry", "d1", entry, "a.md:1", "清理了：广告")], "ed", office.clock.now())
    answer = await editor.post("/api/console/drafts/1", {"entry": {**ENTRY, "source": "b", "short": ""}})
    kept = (await answer.json())["draft"]["entry"]
    assert kept["audience"] == {"levels": ["gold"]}
    assert "short" not in kept
    assert (kept["source"], kept["id"]) == ("b", "d1")
    assert (await editor.post("/api/console/drafts/1/dismiss")).status == 204
    assert (await editor.post("/api/console/drafts/1", {"entry": ENTRY})).status == 409
    assert (await told(editor, "/api/console/drafts?state=dismissed"))["drafts"]


async def test_who_saves_on_an_older_version_is_told_and_nothing_is_written_over(office: Door) -> None:
    one, other = await office.guide("ed", "editor"), await office.guide("ann", "editor")
    draft = (await (await one.post("/api/console/drafts", {"entry": ENTRY})).json())["draft"]
    path = f"/api/console/drafts/{draft['id']}"
    assert draft["version"] == 1
    assert (await other.post(path, {"entry": {**ENTRY, "answer": "最多八个字。"}, "version": 1})).status == 200
    late = await one.post(path, {"entry": {**ENTRY, "answer": "最多十个字。"}, "version": 1})
    assert (late.status, (await late.json())["error"]["code"]) == (409, "stale")
    assert (await told(one, path))["draft"]["entry"]["answer"] == "最多八个字。"  # type: ignore[index]


async def test_contradictions_are_shown_in_pairs(office: Door) -> None:
    editor = await office.guide("ed", "editor")
    (pair,) = (await told(editor, "/api/console/pairs"))["pairs"]  # type: ignore[misc]
    assert pair["kind"] == "contradiction"
    assert [one["id"] for one in pair["entries"]] == ["returns", "returns-2"]
    assert "7 和 15" in pair["why"]


@pytest.mark.parametrize(
    "body",
    [
        {"entry": {"questions": ["x" * 300]}},
        {"entry": {"valid_until": "明天"}},
        {"entry": {"questions": "能退吗"}},
        {},
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_in_words(office: Door, body: dict[str, object]) -> None:
    editor = await office.guide("ed", "editor")
    answer = await editor.post("/api/console/drafts", body)
    assert answer.status == 400
    assert (await answer.json())["error"]["message"]


async def test_the_pages_have_nothing_inline_and_editors_are_led_to_them(office: Door) -> None:
    editor = await office.guide("ed", "editor")
    assert "/console/" in str((await editor.get("/login")).url)
    for view in ("gaps", "pairs"):
        page = await editor.get(f"/console/{view}")
        text = await page.text()
        assert page.status == 200
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert "<script>" not in text
        assert "style=" not in text
        for control in ('type="search"', 'name="order"', 'id="csv"'):
            assert control in text, "what is listed can be looked through, put in order, taken home"


async def test_without_the_rooms_the_console_says_so(door: Door) -> None:
    answer = await (await door.guide("ed", "editor")).get("/api/console/gaps")
    assert (answer.status, (await answer.json())["error"]["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("role", "wanted", "led"),
    [
        ("editor", "/console/entries/returns?x=1", "/console/entries/returns?x=1"),
        ("lead", "/console/products?q=%E9%9D%A2%E9%9C%9C", "/console/products?q=%E9%9D%A2%E9%9C%9C"),
        ("editor", "/desk", "/console"),
        ("lead", "//evil.cn/console", "/desk"),
        ("lead", "/console/../desk", "/desk"),
        ("guide", "/console/gaps", "/desk"),
    ],
)
async def test_whoever_signs_in_again_goes_on_where_they_were(office: Door, role: str, wanted: str, led: str) -> None:
    desk = await office.guide("one", role, "g1" if role == "guide" else None)
    answer = await desk.http.get("/login", params={"next": wanted}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, led)


async def test_a_part_of_a_page_leads_back_to_the_whole(office: Door) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1/console/drafts?state=approved&kind=entry"}
    answer = await office.http.get("/console/drafts?q=a", headers=headers, allow_redirects=False)
    assert answer.headers["HX-Redirect"] == f"/login?next={quote('/console/drafts?state=approved&kind=entry', safe='')}"
