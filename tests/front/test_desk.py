"""The guides' desk: one guide takes a talk, the bot falls silent, and nobody sees another store's customers."""

import asyncio
from datetime import timedelta

import pytest

from bot.db import outgoing, users
from tests.front.conftest import Desk, Door


async def waiting(door: Door, words: str = "我要找人", **how: object) -> str:
    """A conversation that waits for a person."""
    path, headers = await door.chat(name="李女士")
    conversation = path.rpartition("/")[2]
    await door.http.post(f"{path}/messages", json={"text": words}, headers=headers)
    await door.waits(conversation, **how)  # type: ignore[arg-type]
    return conversation


async def queue(desk: Desk) -> list[dict[str, object]]:
    answer = await desk.get("/api/desk/queue")
    assert answer.status == 200
    return (await answer.json())["places"]


async def test_the_most_urgent_is_first_and_ones_own_before_all(door: Door) -> None:
    calm = await waiting(door, "不急")
    door.clock.advance(minutes=1)
    hurt = await waiting(door, "脸上起疹子了", urgency=2)
    mine = await waiting(door, "王姐在吗")
    desk = await door.guide("wang", guide="g1", store="s1")
    assert (await desk.post(f"/api/desk/{mine}/claim")).status == 200
    places = await queue(desk)
    assert [place["conversation"] for place in places] == [mine, hurt, calm]
    assert (places[1]["last"], places[1]["reason"], places[1]["urgency"]) == ("脸上起疹子了", "顾客要找人工", 2)
    assert [place["mine"] for place in places] == [True, False, False]


async def test_among_equally_urgent_a_broken_promise_comes_first_then_ones_own_offers_then_the_longest_wait(door: Door) -> None:
    talks = {}
    for name in ("long", "short", "offered", "late", "hurt"):
        talks[name] = await waiting(door, name, urgency=2 if name == "hurt" else 0)
        door.clock.advance(minutes=1)
    await door.rows("update handovers set assigned = 'g1', path = 'own' where conversation_id = :id", id=talks["offered"])
    await door.rows("update handovers set breaches = '{take}' where conversation_id = :id", id=talks["late"])
    desk = await door.guide("wang", guide="g1", store="s1")
    assert [place["conversation"] for place in await queue(desk)] == [
        talks[name] for name in ("hurt", "late", "offered", "long", "short")
    ]


async def test_of_two_who_claim_at_once_one_gets_it_and_the_other_hears_the_name(door: Door) -> None:
    conversation = await waiting(door)
    wang, ya = await door.guide("wang", guide="g1", store="s1"), await door.guide("ya", guide="g2", store="s1")
    answers = await asyncio.gather(wang.post(f"/api/desk/{conversation}/claim"), ya.post(f"/api/desk/{conversation}/claim"))
    assert sorted(answer.status for answer in answers) == [200, 409]
    winner, loser = [await answer.json() for answer in sorted(answers, key=lambda answer: answer.status)]
    assert loser["error"]["holder"] == winner["guide"]
    assert await door.rows("select owner, epoch from conversations") == [("human", 1)]
    assert await door.rows("select state, guide from handovers") == [("claimed", "g1" if winner["guide"] == "王姐" else "g2")]
    assert await door.one("select count(*) from audit where action = 'claim'") == 1


async def test_a_second_claim_of_ones_own_changes_nothing(door: Door) -> None:
    conversation = await waiting(door)
    desk = await door.guide("wang", guide="g1")
    for _ in range(2):
        assert (await desk.post(f"/api/desk/{conversation}/claim")).status == 200
    assert await door.one("select epoch from conversations") == 1


async def test_after_a_claim_nothing_that_the_bot_had_ready_leaves(door: Door) -> None:
    conversation = await waiting(door)
    await door.rows(
        "insert into outbox (msgid, conversation_id, author, epoch, speech) values ('m1', :id, 'bot', 0, '{\"text\": \"我猜\"}')",
        id=conversation,
    )
    desk = await door.guide("wang", guide="g1")
    assert (await desk.post(f"/api/desk/{conversation}/claim")).status == 200
    (taken,) = await outgoing.take(door.engine, [conversation], door.clock.now())
    assert taken.verdict == "dropped"
    assert await door.due("send") == [conversation]


async def test_a_claim_waits_until_what_was_leaving_has_left(door: Door) -> None:
    conversation = await waiting(door)
    await door.rows(
        "insert into outbox (msgid, conversation_id, author, epoch, speech, state, lease_until) "
        "values ('m1', :id, 'bot', 0, '{\"text\": \"稍等\"}', 'sending', now() + interval '20 seconds')",
        id=conversation,
    )
    desk = await door.guide("wang", guide="g1")
    claim = asyncio.ensure_future(desk.post(f"/api/desk/{conversation}/claim"))
    while await door.one("select owner from conversations") != "human":
        await asyncio.sleep(0)
    assert not claim.done()
    await door.rows("update outbox set state = 'sent'")
    assert (await (await claim).json())["quiet"] is True


async def test_a_double_tap_says_it_once(door: Door) -> None:
    conversation = await waiting(door)
    desk = await door.guide("wang", guide="g1")
    await desk.post(f"/api/desk/{conversation}/claim")
    answers = await asyncio.gather(
        *(desk.post(f"/api/desk/{conversation}/reply", {"id": "tap", "text": "您好"}) for _ in range(4))
    )
    assert {answer.status for answer in answers} == {202}
    assert await door.rows("select author, sender, epoch, speech ->> 'text', state from outbox") == [
        ("guide", "g1", 1, "您好", "pending")
    ]
    assert await door.one("select human_upto > 0 from conversations") is True


async def test_only_the_holder_speaks(door: Door) -> None:
    conversation = await waiting(door)
    wang, ya = await door.guide("wang", guide="g1", store="s1"), await door.guide("ya", guide="g2", store="s1")
    assert (await ya.post(f"/api/desk/{conversation}/reply", {"id": "a", "text": "您好"})).status == 409
    await wang.post(f"/api/desk/{conversation}/claim")
    refused = await ya.post(f"/api/desk/{conversation}/reply", {"id": "a", "text": "您好"})
    assert (refused.status, (await refused.json())["error"]["holder"]) == (409, "王姐")
    assert (await ya.post(f"/api/desk/{conversation}/hand_back")).status == 409
    assert (await ya.post(f"/api/desk/{conversation}/close")).status == 409
    assert await door.one("select count(*) from outbox") == 0


@pytest.mark.parametrize(("deed", "owner"), [("hand_back", "bot"), ("close", "closed")])
async def test_what_is_given_back_is_the_bots_again(door: Door, deed: str, owner: str) -> None:
    conversation = await waiting(door)
    desk = await door.guide("wang", guide="g1")
    await desk.post(f"/api/desk/{conversation}/claim")
    answer = await desk.post(f"/api/desk/{conversation}/{deed}")
    assert (answer.status, (await answer.json())["owner"]) == (200, owner)
    assert await door.rows("select owner, epoch, guide from conversations") == [(owner, 2, None)]
    assert await door.one("select state from handovers") == "closed"
    assert await door.one("select count(*) from audit where action = :deed", deed=deed) == 1


async def test_a_guide_sees_their_own_store_and_those_of_no_store(door: Door) -> None:
    foreign, own, nobodys = await waiting(door, store="s2"), await waiting(door, store="s1"), await waiting(door)
    desk = await door.guide("wang", guide="g1", store="s1")
    assert {place["conversation"] for place in await queue(desk)} == {own, nobodys}
    for call in ("", "/claim", "/reply", "/hand_back", "/close"):
        path = f"/api/desk/{foreign}{call}"
        answer = await (desk.post(path, {"id": "a", "text": "a"}) if call else desk.get(path))
        assert answer.status == 404
    assert await door.one("select owner from conversations where id = :id", id=foreign) == "waiting"


@pytest.mark.parametrize(
    ("role", "store", "sees"), [("lead", "s1", 2), ("lead", None, 3), ("admin", "s1", 3), ("guide", None, 1)]
)
async def test_leads_without_a_store_and_admins_see_all(door: Door, role: str, store: str | None, sees: int) -> None:
    for place in ("s2", "s1", None):
        await waiting(door, store=place)
    assert len(await queue(await door.guide("someone", role, store=store))) == sees


async def test_the_store_of_the_customer_counts_where_the_handover_names_none(door: Door) -> None:
    await waiting(door)
    await door.rows("update customers set store = 's2'")
    assert await queue(await door.guide("wang", guide="g1", store="s1")) == []


async def test_editors_have_no_desk(door: Door) -> None:
    desk = await door.guide("ed", "editor")
    assert (await desk.get("/api/desk/queue")).status == 403
    assert (await desk.get("/desk")).status == 403


async def test_nobody_looks_without_signing_in(door: Door) -> None:
    for path in ("/api/desk/queue", "/api/desk/events", "/api/desk/x", "/api/me"):
        assert (await door.http.get(path)).status == 401
    page = await door.http.get("/desk", allow_redirects=False)
    assert (page.status, page.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize("deed", ["claim", "reply", "hand_back", "close"])
async def test_nothing_is_changed_without_the_csrf_token(door: Door, deed: str) -> None:
    conversation = await waiting(door)
    desk = await door.guide("wang", guide="g1")
    desk.csrf = "guessed"
    assert (await desk.post(f"/api/desk/{conversation}/{deed}", {"id": "a", "text": "a"})).status == 403
    assert await door.one("select owner from conversations") == "waiting"


async def test_a_talk_shows_what_the_bot_did_and_why_nothing_was_said(door: Door) -> None:
    conversation = await waiting(door)
    await door.bot_says(conversation, "您好", trace={"intent": "greet", "confidence": 0.93})
    await door.rows("update inbox set state = 'settled', outcome = 'silent', reason = '导购在接待'")
    desk = await door.guide("wang", guide="g1")
    told = await (await desk.get(f"/api/desk/{conversation}")).json()
    shopper, bot = told["messages"]
    assert (shopper["outcome"], shopper["reason"]) == ("silent", "导购在接待")
    assert bot["trace"] == {"intent": "greet", "confidence": 0.93}
    assert told["openings"][0] == told["brief"]["opening"]
    assert "您好，我是王姐，刚看了您和小花聊的内容，接下来我来帮您。" in told["openings"]


async def test_what_has_not_reached_the_shopper_is_shown(door: Door) -> None:
    conversation = await waiting(door)
    desk = await door.guide("wang", guide="g1")
    await desk.post(f"/api/desk/{conversation}/claim")
    await desk.post(f"/api/desk/{conversation}/reply", {"id": "a", "text": "您好"})
    told = await (await desk.get(f"/api/desk/{conversation}")).json()
    assert [(one["text"], one["state"]) for one in told["leaving"]] == [("您好", "pending")]


async def test_leads_see_what_nobody_could_answer_and_guides_do_not(door: Door) -> None:
    await waiting(door, "？？？", store="s1")
    await door.rows("update inbox set outcome = 'failed', reason = '程序出错'")
    lead = await (await (await door.guide("lead", "lead", store="s1")).get("/api/desk/queue")).json()
    assert [(one["text"], one["reason"]) for one in lead["failed"]] == [("？？？", "程序出错")]
    assert "failed" not in await (await (await door.guide("wang")).get("/api/desk/queue")).json()


async def test_a_guide_may_step_into_a_talk_of_the_bot(door: Door) -> None:
    path, headers = await door.chat()
    conversation = path.rpartition("/")[2]
    await door.http.post(f"{path}/messages", json={"text": "你好"}, headers=headers)
    desk = await door.guide("wang", guide="g1")
    listed = await (await desk.get("/api/desk/queue?with=bot")).json()
    assert [place["conversation"] for place in listed["bot"]] == [conversation]
    assert (await desk.post(f"/api/desk/{conversation}/claim")).status == 200
    assert await door.rows("select reason, guide, state from handovers") == [("导购主动接手", "g1", "claimed")]


async def test_the_desk_hears_of_a_new_wait(door: Door) -> None:
    desk = await door.guide("wang", guide="g1")
    answer = await desk.get("/api/desk/events")
    assert answer.status == 200
    async with asyncio.timeout(10):
        while b"event: queue" not in await answer.content.readline():
            pass
        conversation = await waiting(door)
        while conversation.encode() not in await answer.content.readline():
            pass
    answer.close()


async def test_an_account_signs_in_with_its_one_time_password_only_to_replace_it(door: Door) -> None:
    once = await users.add_user(door.engine, "wang", "guide", "g1", "s1")
    desk = Desk(door.open())
    told = await (await desk.sign_in("wang", once)).json()
    assert told["must_change"] is True
    refused = await desk.get("/api/desk/queue")
    assert (refused.status, (await refused.json())["error"]["code"]) == (403, "password_change_required")
    assert (await desk.post("/api/password", {"password": once, "new": "short"})).status == 400
    assert (await desk.post("/api/password", {"password": "wrong", "new": "long enough"})).status == 401
    assert (await desk.post("/api/password", {"password": once, "new": "long enough"})).status == 204
    assert (await desk.get("/api/desk/queue")).status == 200
    assert (await Desk(door.open()).sign_in("wang", once)).status == 401
    assert await door.rows("select action, subject from audit order by id") == [
        ("user.add", "wang"), ("login", "wang"), ("password", "wang"),
    ]  # fmt: skip


async def test_the_cookie_is_hidden_from_scripts_and_the_table_from_thieves(door: Door) -> None:
    once = await users.add_user(door.engine, "wang", "guide")
    answer = await door.http.post("/api/login", json={"name": "wang", "password": once})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    token = answer.cookies["daogou_session"].value
    assert await door.one("select token from logins") != token
    assert str(await door.one("select password from users")).startswith("$argon2id$")


async def test_guessing_passwords_is_slowed_by_name(door: Door) -> None:
    await door.guide("wang")
    statuses = [(await Desk(door.open()).sign_in("wang", "guess")).status for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert (await Desk(door.open()).sign_in("nobody", "guess")).status == 401


async def test_signing_out_ends_the_sign_in(door: Door) -> None:
    desk = await door.guide("wang")
    assert (await desk.post("/api/logout")).status == 204
    assert (await desk.get("/api/me")).status == 401


async def test_a_sign_in_ends_by_itself(door: Door) -> None:
    desk = await door.guide("wang")
    door.clock.moment += timedelta(days=15)
    assert (await desk.get("/api/me")).status == 401


async def test_a_closed_account_is_out_at_once(door: Door) -> None:
    desk = await door.guide("wang")
    await door.rows("update users set disabled = true")
    assert (await desk.get("/api/me")).status == 401
    assert (await desk.sign_in("wang", "correct horse")).status == 401


async def test_nobody_is_signed_in_from_a_foreign_page(door: Door) -> None:
    answer = await door.http.post("/api/login", json={"name": "a", "password": "b"}, headers={"Origin": "https://evil.example"})
    assert answer.status == 403


async def test_the_stream_of_another_stores_talk_is_not_found(door: Door) -> None:
    foreign = await waiting(door, store="s2")
    desk = await door.guide("wang", guide="g1", store="s1")
    for conversation in (foreign, "nowhere", "a\0b"):
        assert (await desk.http.get("/api/desk/events", params={"conversation": conversation})).status == 404
    assert (await desk.get("/api/desk/%00")).status == 404
