"""Session states: what the API may move (`service_state/*`) and what staff do in the WeCom client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.sandbox.body import Body, text, whole
from bot.sandbox.errors import ActRefusedError, PlatformError
from bot.sandbox.model import WELCOME_LIFE, WINDOW, Account, Conversation, State
from bot.sandbox.world import Code, World

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.NEW: frozenset({State.ASSISTANT, State.POOL, State.HUMAN}),
    State.ASSISTANT: frozenset({State.POOL, State.HUMAN}),
    State.POOL: frozenset({State.HUMAN}),
    State.HUMAN: frozenset({State.HUMAN, State.ENDED}),
    State.ENDED: frozenset(),
}
"""Moves by API as documented (94669)."""

_TEXT: Final = frozenset({"text"})
_TEXT_OR_MENU: Final = frozenset({"text", "msgmenu"})


def get_state(world: World, body: Body) -> Mapping[str, object]:
    """`kf/service_state/get`."""
    conversation = world.conversation_of(body, "external_userid")
    state = conversation.state_at(world.now())
    answer: dict[str, object] = {"service_state": int(state)}
    if state is State.HUMAN:
        answer["servicer_userid"] = conversation.servicer
    return answer


def trans_state(world: World, body: Body) -> Mapping[str, object]:
    """`kf/service_state/trans`: 95016 for a move that is not allowed, 95014/95019 for the wrong servicer."""
    conversation = world.conversation_of(body, "external_userid")
    account = world.accounts[conversation.open_kfid]
    state = conversation.state_at(world.now())
    wanted = whole(body, "service_state")
    if wanted not in State.__members__.values():
        raise PlatformError(40058, "service_state")
    target = State(wanted)
    if target not in _moves(world, state):
        raise PlatformError(95016, f"{int(state)} to {wanted}")
    servicer = ""
    if target is State.HUMAN:
        servicer = text(body, "servicer_userid")
        _check_servicer(account, servicer)
        if state is State.HUMAN and servicer == conversation.servicer:
            raise PlatformError(95016, "the same servicer")
    conversation.move(target, servicer)
    _note(world, conversation, "api")
    if target is State.ASSISTANT:
        return {}
    return {"msg_code": _msg_code(world, conversation)}


def take(world: World, account: Account, userid: str, conversation: Conversation) -> None:
    """A servicer takes the conversation from the pool: 2 → 3."""
    _able(account, userid)
    if conversation.state_at(world.now()) is not State.POOL:
        raise ActRefusedError("只有待接入池里的会话可以接入")
    conversation.move(State.HUMAN, userid)
    fields = {"change_type": 1, "new_servicer_userid": userid}
    _changed(world, conversation, fields, msg_code=True)


def reply(world: World, account: Account, userid: str, conversation: Conversation, content: str) -> str:
    """A servicer writes in the WeCom client (origin 5); an ended session is opened again by that: 4 → 3."""
    now = world.now()
    _able(account, userid)
    if not content.strip():
        raise ActRefusedError("要写点内容才能发")
    if now - conversation.wrote_at > WINDOW:
        raise ActRefusedError("顾客超过 48 小时没有说话，不能再发")
    if conversation.state_at(now) is State.ENDED:
        before = conversation.servicer or userid
        conversation.move(State.HUMAN, userid)
        fields = {"change_type": 4, "old_servicer_userid": before, "new_servicer_userid": userid}
        _changed(world, conversation, fields)
    _holds(conversation, userid)
    return _say(world, conversation, userid, content)


def transfer(world: World, account: Account, userid: str, conversation: Conversation, to: str) -> None:
    """A servicer hands the conversation to another: 3 → 3."""
    _holds(conversation, userid, world.now())
    _able(account, to)
    if to == userid:
        raise ActRefusedError("不能转给自己")
    conversation.move(State.HUMAN, to)
    fields = {"change_type": 2, "old_servicer_userid": userid, "new_servicer_userid": to}
    _changed(world, conversation, fields)


def end(world: World, userid: str, conversation: Conversation) -> None:
    """A servicer ends the conversation: 3 → 4."""
    _holds(conversation, userid, world.now())
    conversation.move(State.ENDED, userid)
    _changed(world, conversation, {"change_type": 3, "old_servicer_userid": userid}, msg_code=True)


def set_serving(world: World, account: Account, userid: str, *, serving: bool, stop_type: int = 0) -> None:
    """A servicer starts or stops serving (0 stopped, 1 suspended)."""
    if userid not in account.servicers:
        raise ActRefusedError(f"{account.name} 没有接待人员 {userid}")
    servicer = account.servicers[userid]
    servicer.serving, servicer.stop_type = serving, stop_type
    fields: dict[str, object] = {"servicer_userid": userid, "status": 1 if serving else 2}
    if not serving:
        fields["stop_type"] = stop_type
    world.event(account.open_kfid, "servicer_status_change", fields)


def set_reject(world: World, account: Account, userid: str, conversation: Conversation, *, on: bool) -> None:
    """A servicer switches "do not take this customer's messages"."""
    _able(account, userid)
    fields = {
        "external_userid": conversation.external_userid,
        "servicer_userid": userid,
        "reject_switch": int(on),
    }
    world.event(account.open_kfid, "reject_customer_msg_switch_change", fields)


def _moves(world: World, state: State) -> frozenset[State]:
    if world.setup.rules.end_by_api and state in {State.ASSISTANT, State.POOL}:
        return MOVES[state] | {State.ENDED}
    return MOVES[state]


def _check_servicer(account: Account, userid: str) -> None:
    servicer = account.servicers.get(userid)
    if servicer is None or not servicer.activated:
        raise PlatformError(95014, userid)
    if not servicer.serving:
        raise PlatformError(95019, userid)


def _able(account: Account, userid: str) -> None:
    servicer = account.servicers.get(userid)
    if servicer is None or not servicer.activated:
        raise ActRefusedError(f"{account.name} 没有接待人员 {userid}")
    if not servicer.serving:
        raise ActRefusedError(f"{userid} 已停止接待")


def _holds(conversation: Conversation, userid: str, now: float | None = None) -> None:
    state = conversation.state if now is None else conversation.state_at(now)
    if state is not State.HUMAN or conversation.servicer != userid:
        raise ActRefusedError(f"会话不在 {userid} 手里")


def _msg_code(world: World, conversation: Conversation) -> str:
    """The code of the state just entered: 48 h and text for pool and human, 20 s and menu for the end."""
    ended = conversation.state is State.ENDED
    until = world.now() + (WELCOME_LIFE if ended else WINDOW)
    types = _TEXT_OR_MENU if ended else _TEXT
    return world.give_code("msg_code", Code(conversation, until, conversation.version, types))


def _changed(world: World, conversation: Conversation, fields: Mapping[str, object], *, msg_code: bool = False) -> None:
    """Tell the API that staff changed the session."""
    told = {"external_userid": conversation.external_userid, **fields}
    if msg_code:
        told["msg_code"] = _msg_code(world, conversation)
    _note(world, conversation, "servicer")
    world.event(conversation.open_kfid, "session_status_change", told)


def _note(world: World, conversation: Conversation, by: str) -> None:
    state = int(conversation.state)
    detail = {
        "open_kfid": conversation.open_kfid,
        "of": conversation.external_userid,
        "state": state,
        "servicer": conversation.servicer,
        "by": by,
    }
    world.ledger.write("state", world.now(), detail, str(state))


def _say(world: World, conversation: Conversation, userid: str, content: str) -> str:
    now = world.now()
    msgid = world.ids.make("item")
    said = {"content": content}
    world.show(conversation, "servicer", msgid, ("text", said))
    detail = {"open_kfid": conversation.open_kfid, "to": conversation.external_userid, "by": userid}
    world.ledger.write("servicer", now, {**detail, "msgid": msgid, "content": said})
    world.publish(
        conversation.open_kfid,
        {
            "msgid": msgid,
            "open_kfid": conversation.open_kfid,
            "external_userid": conversation.external_userid,
            "send_time": int(now),
            "origin": 5,
            "msgtype": "text",
            "servicer_userid": userid,
            "text": said,
        },
    )
    return msgid
