"""账号: admins add, change, close and open accounts; whoever is changed is signed out; the last admin stays."""

import asyncio
import re

import pytest

from bot.db import accounts, users
from bot.db.accounts import Duties
from bot.errors import BadRequestError
from bot.front import limits
from tests.front.conftest import Desk, Door
from tests.front.console_rig import seen, sent


@pytest.fixture
async def boss(door: Door) -> Desk:
    return await door.guide("boss", "admin")


async def deeds(door: Door) -> list[tuple[object, ...]]:
    return await door.rows("select actor, action, subject from audit where action like 'user.%' and actor = 'boss' order by id")


async def test_a_new_account_shows_its_password_once_and_works_with_it(door: Door, boss: Desk) -> None:
    answer = await sent(boss, "/console/accounts", name="xiaomei", role="guide", guide="g2")
    page = await answer.text()
    assert answer.status == 200
    found = re.search(r'class="password">([^<]+)<', page)
    assert found is not None
    new = Desk(door.open())
    assert (await new.sign_in("xiaomei", found[1])).status == 200
    assert (await (await new.get("/api/me")).json())["store"] == "s1"  # the guide's own
    assert found[1] not in await seen(boss, "/console/accounts/xiaomei")
    assert await deeds(door) == [("boss", "user.add", "xiaomei")]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"name": "a", "role": "guide"}, 400, "哪位导购"),
        ({"name": "a", "role": "guide", "guide": "g99"}, 400, "没有编号是 g99"),
        ({"name": "a", "role": "lead", "store": "s9"}, 400, "没有编号是 s9"),
        ({"name": "a", "role": "lead", "guide": "g1", "store": "s2"}, 400, "不一样"),
        ({"name": "a", "role": "king"}, 400, "角色"),
        ({"name": "", "role": "editor"}, 400, "用户名"),
        ({"name": "boss", "role": "editor"}, 409, "已经有用户"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    door: Door, boss: Desk, fields: dict[str, str], status: int, words: str
) -> None:
    answer = await sent(boss, "/console/accounts", **fields)
    assert answer.status == status
    assert words in (await answer.json())["error"]["message"]
    assert await deeds(door) == []


async def test_whoever_is_changed_or_closed_is_signed_out_at_once(door: Door, boss: Desk) -> None:
    mei = await door.guide("mei", "editor")
    assert (await sent(boss, "/console/accounts/mei/change", role="lead", store="s1")).status == 200
    assert (await mei.get("/api/me")).status == 401
    assert (await mei.sign_in("mei", "correct horse")).status == 200
    told = await (await mei.get("/api/me")).json()
    assert (told["role"], told["store"]) == ("lead", "s1")
    assert (await sent(boss, "/console/accounts/mei/disable")).status == 200
    assert (await mei.get("/api/me")).status == 401
    assert (await mei.sign_in("mei", "correct horse")).status == 401
    assert (await sent(boss, "/console/accounts/mei/enable")).status == 200
    assert (await mei.sign_in("mei", "correct horse")).status == 200
    assert [one[1] for one in await deeds(door)] == ["user.change", "user.disable", "user.enable"]


async def test_a_change_that_changes_nothing_signs_nobody_out(door: Door, boss: Desk) -> None:
    mei = await door.guide("mei", "lead", None, "s1")
    assert (await sent(boss, "/console/accounts/mei/change", role="lead", store="s1")).status == 200
    assert (await mei.get("/api/me")).status == 200
    assert await deeds(door) == []


async def test_a_new_password_ends_the_old_one_and_all_sign_ins(door: Door, boss: Desk) -> None:
    mei = await door.guide("mei", "editor")
    page = await (await sent(boss, "/console/accounts/mei/reset")).text()
    found = re.search(r'class="password">([^<]+)<', page)
    assert found is not None
    assert (await mei.get("/api/me")).status == 401
    assert (await mei.sign_in("mei", "correct horse")).status == 401
    assert (await mei.sign_in("mei", found[1])).status == 200
    assert (await (await mei.get("/api/me")).json())["must_change"] is True


async def test_the_last_admin_can_neither_be_closed_nor_changed(door: Door, boss: Desk) -> None:
    assert (await sent(boss, "/console/accounts/boss/disable")).status == 409
    answer = await sent(boss, "/console/accounts/boss/change", role="editor")
    assert answer.status == 409
    assert "最后一个" in (await answer.json())["error"]["message"]
    assert (await boss.get("/api/me")).status == 200
    other = await door.guide("other", "admin")
    assert (await sent(other, "/console/accounts/boss/disable")).status == 200
    assert (await sent(other, "/console/accounts/boss/enable")).status == 200
    assert (await sent(other, "/console/accounts/other/change", role="lead")).status == 204  # now there is boss
    assert (await other.get("/api/me")).status == 401


async def test_of_two_admins_who_take_each_other_away_one_stays(door: Door, boss: Desk) -> None:
    await door.guide("other", "admin")
    now = door.clock.now()
    found = await asyncio.gather(
        accounts.change(door.engine, "boss", Duties("editor", None, None), "other", now),
        accounts.change(door.engine, "other", Duties("editor", None, None), "boss", now),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, BadRequestError) for one in found) == [False, True]
    assert await door.one("select count(*) from users where role = 'admin' and not disabled") == 1
    del boss


async def test_a_closed_admin_does_not_count(door: Door, boss: Desk) -> None:
    await door.guide("other", "admin")
    assert (await sent(boss, "/console/accounts/other/disable")).status == 200
    assert (await sent(boss, "/console/accounts/boss/change", role="lead")).status == 409


@pytest.mark.parametrize(("role", "store"), [("guide", "s1"), ("lead", None), ("lead", "s1"), ("editor", None)])
async def test_nobody_but_admins_looks_after_accounts(door: Door, boss: Desk, role: str, store: str | None) -> None:
    one = await door.guide("one", role, "g1" if role == "guide" else None, store)
    await seen(one, "/console/accounts", 403)
    await seen(one, "/console/accounts/boss", 403)
    for path in ("", "/boss/change", "/boss/disable", "/boss/enable", "/boss/reset", "/boss/end"):
        assert (await sent(one, f"/console/accounts{path}", name="x", role="admin")).status == 403
    assert (await boss.get("/api/me")).status == 200


async def test_without_the_pages_token_nothing_is_done(door: Door, boss: Desk) -> None:
    await door.guide("mei", "editor")
    for path in ("/console/accounts/mei/disable", "/console/accounts/mei/reset", "/console/accounts", "/console/me/end"):
        assert (await boss.http.post(path, data={"name": "x", "role": "editor"})).status == 403
    assert await deeds(door) == []


async def test_the_list_is_filtered_and_says_who_is_signed_in(door: Door, boss: Desk) -> None:
    await door.guide("mei", "guide", "g2", "s1")
    await users.add_user(door.engine, "neu", "editor")
    page = await seen(boss, "/console/accounts")
    assert {"boss", "mei", "neu"} == set(re.findall(r'class="go" href="/console/accounts/(\w+)"', page))
    assert "还在用一次性密码" in page
    for query, names in (("role=guide", {"mei"}), ("q=小雅", {"mei"}), ("store=s1", {"mei"}), ("state=new", {"neu"})):
        found = await seen(boss, f"/console/accounts?{query}", part=True)
        assert set(re.findall(r'class="go" href="/console/accounts/(\w+)"', found)) == names, query
    assert (await seen(boss, "/console/export/accounts?role=guide")).count("\n") == 2
    found = await seen(boss, "/console/accounts?order=role", part=True)
    assert re.findall(r'class="go" href="/console/accounts/(\w+)"', found) == ["mei", "neu", "boss"]
    for order in ("last", "new", "nothing"):
        assert "mei" in await seen(boss, f"/console/accounts?order={order}", part=True)


async def test_everybody_sees_their_own_sign_ins_and_ends_them(door: Door) -> None:
    phone = await door.guide("mei", "guide", "g2", "s1")
    computer = Desk(door.open())
    headers = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36"}
    answer = await computer.http.post("/api/login", json={"name": "mei", "password": "correct horse"}, headers=headers)
    computer.csrf = (await answer.json())["csrf"]
    page = await seen(phone, "/console/me")
    assert "Windows 电脑 · Chrome · 127.0.0.1" in page
    assert "就是这里" in page
    (mark,) = re.findall(r'"mark":"(\w+)"', page)
    assert (await sent(phone, "/console/me/end", mark=mark)).status == 200
    assert (await computer.get("/api/me")).status == 401
    assert (await phone.get("/api/me")).status == 200


async def test_all_others_are_ended_at_once_and_nobody_elses(door: Door, boss: Desk) -> None:
    phone = await door.guide("mei", "guide", "g2", "s1")
    computer = Desk(door.open())
    await computer.sign_in("mei", "correct horse")
    (mark,) = await door.rows("select left(token, 16) from logins where user_name = 'boss'")
    assert (await sent(phone, "/console/me/end", mark=mark[0])).status == 200
    assert (await boss.get("/api/me")).status == 200
    assert (await sent(phone, "/console/me/end")).status == 200
    assert (await computer.get("/api/me")).status == 401
    assert (await phone.get("/api/me")).status == 200


async def test_an_admin_ends_the_sign_ins_of_somebody(door: Door, boss: Desk) -> None:
    mei = await door.guide("mei", "guide", "g2", "s1")
    assert (await sent(boss, "/console/accounts/mei/end")).status == 200
    assert (await mei.get("/api/me")).status == 401
    assert (await sent(boss, "/console/accounts/boss/end")).status == 200
    assert (await boss.get("/api/me")).status == 200  # one's own stays


async def test_whoever_guesses_passwords_is_slowed_down_by_name_and_by_address(door: Door) -> None:
    once = await users.add_user(door.engine, "mei", "editor")
    thief = Desk(door.open())
    for _ in range(limits.LOGIN_NAME.most):
        assert (await thief.sign_in("mei", "guess")).status == 401
    answer = await thief.sign_in("mei", once)
    assert answer.status == 429  # even the right one now
    assert int(answer.headers["Retry-After"]) > 0
    for n in range(limits.LOGIN_ADDRESS.most - limits.LOGIN_NAME.most - 1):
        assert (await thief.sign_in(f"name{n}", "guess")).status == 401
    assert (await thief.sign_in("another", "guess")).status == 429


async def test_names_of_any_letters_are_reached(door: Door, boss: Desk) -> None:
    await users.add_user(door.engine, "小 美/1?", "editor")
    assert "%E5%B0%8F%20%E7%BE%8E%2F1%3F" in await seen(boss, "/console/accounts")
    assert (await sent(boss, "/console/accounts/%E5%B0%8F%20%E7%BE%8E%2F1%3F/disable")).status == 200
    await seen(boss, "/console/accounts/nobody", 404)


async def test_the_navigation_shows_what_is_open_to_whoever_looks(door: Door, boss: Desk) -> None:
    for role, store, accounts_, records in (
        ("lead", None, False, True),
        ("lead", "s1", False, False),
        ("editor", None, False, False),
    ):
        page = await seen(await door.guide(f"{role}-{store}", role, None, store), "/console/overview")
        assert ('href="/console/accounts"' in page, 'href="/console/audit"' in page) == (accounts_, records)
    page = await seen(boss, "/console/overview")
    assert 'href="/console/accounts"' in page
    assert 'href="/console/audit"' in page
