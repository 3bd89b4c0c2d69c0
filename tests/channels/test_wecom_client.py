"""The WeCom API client against a real server on loopback: tokens, error codes, broken answers, silence about secrets."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from channels_rig import SECRET, TOKEN, Tiny, account, session, tiny_platform

from bot.channels.wecom import client as module
from bot.channels.wecom.client import ApiError, WeComClient
from bot.channels.wecom.codes import BACK_OFF, CODES, meaning
from bot.errors import HeldDeliveryError, PermanentDeliveryError, TemporaryDeliveryError

BODY = {"msgid": "M1"}
SEND = "kf/send_msg"


@pytest.fixture
async def tiny() -> AsyncIterator[Tiny]:
    async with tiny_platform() as platform:
        yield platform


@pytest.fixture
async def caller(tiny: Tiny) -> AsyncIterator[WeComClient]:
    async with session() as http:
        yield WeComClient(account(tiny.url), http)


def refusal(code: object, message: str = "no") -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


async def failure(caller: WeComClient, *, retried: bool = False) -> Exception:
    with pytest.raises((ApiError, TemporaryDeliveryError, HeldDeliveryError, PermanentDeliveryError)) as caught:
        await caller.deliver(SEND, BODY, retried=retried)
    return caught.value


def silent(error: BaseException) -> None:
    """No secret in the error, in what it came from, or in its traceback as a log would show it."""
    words = "".join(traceback.format_exception(error)) + str(error) + repr(error)
    assert SECRET not in words
    assert TOKEN not in words


async def test_a_call_carries_its_token_and_gives_the_answer(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said(SEND, {"errcode": 0, "errmsg": "ok", "msgid": "M1"})
    assert (await caller.call(SEND, BODY))["msgid"] == "M1"
    assert tiny.asked("gettoken") == [{"corpid": "ww1", "corpsecret": SECRET}]
    assert tiny.asked(SEND) == [{"access_token": f"{TOKEN}-1", "msgid": "M1"}]


async def test_a_call_without_a_body_is_a_get_with_its_query(tiny: Tiny, caller: WeComClient) -> None:
    await caller.call("kf/servicer/list", query={"open_kfid": "wk1"})
    assert tiny.asked("kf/servicer/list") == [{"open_kfid": "wk1", "access_token": f"{TOKEN}-1"}]


async def test_one_token_serves_all_who_ask_at_once(tiny: Tiny, caller: WeComClient) -> None:
    await asyncio.gather(*(caller.call(SEND, BODY) for _ in range(50)))
    await caller.call(SEND, BODY)
    assert tiny.tokens == 1


@pytest.mark.parametrize("code", [40014, 42001, 41001])
async def test_a_refused_token_is_fetched_anew_once_for_all_and_the_calls_succeed(
    tiny: Tiny, caller: WeComClient, code: int
) -> None:
    await caller.call(SEND, BODY)

    def only_the_second(body: Mapping[str, Any]) -> dict[str, Any]:
        return {"errcode": 0} if body["access_token"] == f"{TOKEN}-2" else refusal(code)

    tiny.said(SEND, only_the_second)
    answers = await asyncio.gather(*(caller.deliver(SEND, BODY, retried=False) for _ in range(30)))
    assert {answer["errcode"] for answer in answers} == {0}
    assert tiny.tokens == 2


async def test_a_token_that_stays_refused_is_tried_twice_and_then_later(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said(SEND, refusal(42001))
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    assert len(tiny.asked(SEND)) == 2


async def test_a_short_lived_token_is_used_for_at_least_half_its_life(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said("gettoken", {"errcode": 0, "access_token": "x", "expires_in": 100})
    await caller.call(SEND, BODY)
    await caller.call(SEND, BODY)
    assert len(tiny.asked("gettoken")) == 1


@pytest.mark.parametrize("code", sorted(CODES))
async def test_every_code_is_raised_by_what_can_be_done_about_it(tiny: Tiny, caller: WeComClient, code: int) -> None:
    tiny.said(SEND, refusal(code))
    error = await failure(caller)
    silent(error)
    action = CODES[code].action
    expected: dict[str, tuple[type[Exception], timedelta | None]] = {
        "retry": (TemporaryDeliveryError, timedelta(seconds=1)),
        "refresh": (TemporaryDeliveryError, timedelta(seconds=1)),
        "back_off": (TemporaryDeliveryError, BACK_OFF),
        "config": (TemporaryDeliveryError, timedelta(minutes=1)),
        "hold": (HeldDeliveryError, None),
        "reread": (ApiError, None),
        "plain_text": (ApiError, None),
        "bug": (PermanentDeliveryError, None),
        "drop": (PermanentDeliveryError, None),
        "closed": (PermanentDeliveryError, None),
        "no_token": (PermanentDeliveryError, None),
    }
    kind, delay = expected[action]
    assert type(error) is kind
    assert error.code == code  # type: ignore[attr-defined]
    assert CODES[code].words in str(error)
    if isinstance(error, TemporaryDeliveryError):
        assert error.delay == delay
        assert not error.uncertain


async def test_a_code_that_nobody_knows_is_final_and_says_so(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said(SEND, refusal(123456))
    error = await failure(caller)
    assert isinstance(error, PermanentDeliveryError)
    assert meaning(123456).words in str(error)


async def test_a_repeat_that_is_refused_as_such_is_success_but_only_for_a_repeat(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said(SEND, refusal(40058, "invalid parameter, hint: [msgid M1 was used before]"))
    assert isinstance(await failure(caller), PermanentDeliveryError)
    assert (await caller.deliver(SEND, BODY, retried=True))["errcode"] == 0
    tiny.said(SEND, refusal(95001))
    assert isinstance(await failure(caller, retried=True), HeldDeliveryError)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_broken_server_leaves_us_in_doubt(tiny: Tiny, caller: WeComClient, status: int) -> None:
    tiny.said(SEND, lambda _: web.Response(status=status, text=SECRET))
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert error.uncertain
    silent(error)


@pytest.mark.parametrize("status", [302, 400, 403, 404, 429])
async def test_any_other_status_means_that_nothing_was_taken(tiny: Tiny, caller: WeComClient, status: int) -> None:
    tiny.said(SEND, lambda _: web.Response(status=status, headers={"Location": "/cgi-bin/elsewhere"}))
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)


@pytest.mark.parametrize(
    "raw",
    [b"", b"<html>", b"[]", b'"ok"', b"null", b"{", b'{"errcode": "abc"}', b'{"errcode": {}}', b'{"errcode": null, "x": 1e999}',
     b"\xff\xfe", b"[" * 3000, b'{"errcode": 1e400}'],
)  # fmt: skip
async def test_an_answer_that_is_none_leaves_us_in_doubt(tiny: Tiny, caller: WeComClient, raw: bytes) -> None:
    tiny.said(SEND, lambda _: web.Response(body=raw))
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert error.uncertain
    silent(error)


@pytest.mark.parametrize("raw", [b'{"errcode": "0"}', b'{"errcode": 0.0}', b'{"errmsg": "ok"}', b'{"errcode": "95001"}'])
async def test_a_code_in_another_spelling_is_understood(tiny: Tiny, caller: WeComClient, raw: bytes) -> None:
    tiny.said(SEND, lambda _: web.Response(body=raw))
    if b"95001" in raw:
        assert isinstance(await failure(caller), HeldDeliveryError)
    else:
        await caller.deliver(SEND, BODY, retried=False)


async def test_half_a_character_in_an_answer_spoils_only_itself(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said(
        SEND, lambda _: web.Response(body=b'{"errcode": 0, "words": "\\ud83d hi", "n": [1, {"k": "\\udc00"}], "raw": "\xff"}')
    )
    answer = await caller.call(SEND, BODY)
    assert "hi" in str(answer["words"])
    str(answer).encode()


async def test_a_timeout_leaves_us_in_doubt(tiny: Tiny, caller: WeComClient, monkeypatch: pytest.MonkeyPatch) -> None:
    await caller.call(SEND, BODY)
    monkeypatch.setattr(module, "_TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    tiny.said(SEND, lambda _: None)
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert error.uncertain
    silent(error)


async def test_a_connection_that_breaks_leaves_us_in_doubt(tiny: Tiny, caller: WeComClient) -> None:
    class Cut(web.Response):
        async def prepare(self, request: Any) -> Any:
            request.transport.abort()
            raise ConnectionResetError

    tiny.said(SEND, lambda _: Cut())
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert error.uncertain
    silent(error)


async def test_a_server_that_cannot_be_reached_has_taken_nothing() -> None:
    async with session() as http:
        error = await failure(WeComClient(account("http://127.0.0.1:1"), http))
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    silent(error)


@pytest.mark.parametrize("broken", [lambda _: web.Response(status=502), lambda _: web.Response(body=b"x"), lambda _: None])
async def test_when_no_token_came_the_message_was_surely_not_sent(
    tiny: Tiny, caller: WeComClient, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    tiny.said("gettoken", broken)
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    assert tiny.asked(SEND) == []
    silent(error)


@pytest.mark.parametrize("code", [40001, 40013, 60020])
async def test_a_wrong_secret_is_told_to_it_without_repeating_it(tiny: Tiny, caller: WeComClient, code: int) -> None:
    tiny.said("gettoken", refusal(code, f"invalid credential {SECRET}"))
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert error.delay == timedelta(minutes=1)
    silent(error)


async def test_an_answer_without_a_token_is_no_token(tiny: Tiny, caller: WeComClient) -> None:
    tiny.said("gettoken", {"errcode": 0, "errmsg": "ok"})
    error = await failure(caller)
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    assert tiny.asked(SEND) == []


async def test_whoever_gives_up_waiting_for_a_token_leaves_it_to_the_others(tiny: Tiny, caller: WeComClient) -> None:
    gate = asyncio.Event()
    real = caller._fetch

    async def slowly() -> Any:
        await gate.wait()
        return await real()

    caller._fetch = slowly  # type: ignore[method-assign]
    first = asyncio.create_task(caller.call(SEND, BODY))
    second = asyncio.create_task(caller.call(SEND, BODY))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert (await second)["errcode"] == 0
