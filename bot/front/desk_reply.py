"""What a guide sends: words, products as cards, a suggestion with a tap; and the commands that are done rather than said."""

from collections.abc import Sequence

from aiohttp import web

from bot import commands
from bot.channels.wecom.through import CHANNELS
from bot.commands import Command, CommandError
from bot.db import desk_offers, desk_talk, desk_tasks, reception
from bot.db.desk_tasks import Wanted
from bot.db.moving import Receiver
from bot.db.offers import Tapped
from bot.db.reception import HeldError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import desk_shown as shown
from bot.front import events as deeds
from bot.front import reading, shapes_desk
from bot.front.chat import json
from bot.front.context import Front
from bot.front.desk import given_up
from bot.front.desk_team import passed
from bot.model import Card, Customer, Speech
from bot.motion import typing, used
from bot.motion.connection import MOTION_FAULTS


async def reply(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/reply {"id","text","items"?,"offer"?}`` → 202; only for whoever holds the talk.

    A text that begins with a slash is a command: it is done, and never read by the shopper; ``did`` says what was done.
    """
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.Reply)
    if commands.is_command(wanted.text):
        return await _command(front, who, conversation, wanted.text)
    unfilled(wanted.text)
    try:
        return await _said(front, who, conversation, wanted)
    except HeldError as error:
        return shown.held(error, front.staff())


def unfilled(text: str) -> None:
    """A shopper never reads a placeholder."""
    for open_, close in (("{", "}"), ("｛", "｝")):
        start = text.find(open_)
        if start >= 0 and close in text[start:]:
            gap = text[start : text.index(close, start) + 1]
            raise BadRequestError(f"{gap} 还没有填，填好再发", code="unfilled")


async def _said(front: Front, who: User, conversation: str, wanted: shapes_desk.Reply) -> web.Response:
    known = (await desk_talk.known(front.engine, who, conversation)).conversation
    cards = await _cards(front, known.account, known.customer, wanted.items)
    more: dict[str, str] = {}
    now = front.clock.now()
    if wanted.offer is not None:
        more = _tapped(await desk_offers.taken(front.engine, who, conversation, (wanted.offer, wanted.text or None), now))
    elif known.channel in CHANNELS and wanted.via == "sidebar":
        if cards:
            raise BadRequestError("这里只能发文字，商品请用企业微信的商品图册发", code="no_cards")
        more = _tapped(await desk_offers.spoken(front.engine, who, conversation, (wanted.id, wanted.text), now))
    else:
        speech = Speech(wanted.text, cards=cards)
        await reception.reply(front.engine, who, conversation, (wanted.id, speech), now)
    await shown.stirred(front, [conversation])
    named = "\n".join(filter(None, (wanted.text, *(card.title for card in cards))))
    await deeds.picked(front, conversation, (f"{who.actor}:{wanted.id}", named))
    await _noticed(front, who, (conversation, known.account), wanted.text)
    return json({"id": wanted.id, **more}, 202)


def _tapped(tapped: Tapped) -> dict[str, str]:
    """What the sidebar needs to put the words into the platform's client, and to say so if that fails."""
    return {"offer": str(tapped.offer), "outcome": tapped.outcome, "text": tapped.text}


async def _cards(front: Front, account: str, customer: Customer, skus: Sequence[str]) -> tuple[Card, ...]:
    """The products of the catalogue as cards.

    Raises:
        BadRequestError: one is not for sale.
    """
    if not skus:
        return ()
    aids, now = await shown.aids(front, account), front.clock.now()
    found = [(sku, aids.card(sku, customer, now)) for sku in dict.fromkeys(skus)]
    if gone := [sku for sku, card in found if card is None]:
        raise BadRequestError(f"{'、'.join(gone)} 没有在卖，不能发给顾客", code="not_for_sale")
    return tuple(card for _, card in found if card is not None)


async def _noticed(front: Front, who: User, place: tuple[str, str], text: str) -> None:
    """The guide writes no more; and if these are a script's words, it was used once more."""
    conversation, account = place
    try:
        await typing.stopped(front.client, conversation, "guide")
        aids = front.help.ready(account) if front.help else None
        script = aids.script_of(text) if aids else None
        if script is not None:
            await used.used(front.client, who.store, script)
    except MOTION_FAULTS:
        return


async def _command(front: Front, who: User, conversation: str, text: str) -> web.Response:
    try:
        command = commands.parse(text, front.clock.now().astimezone(front.brand().zone))
    except CommandError as error:
        raise BadRequestError(str(error), code="command") from None
    assert command is not None
    try:
        return await _done(front, who, conversation, command)
    except HeldError as error:
        return shown.held(error, front.staff())


async def _done(front: Front, who: User, conversation: str, command: Command) -> web.Response:
    engine, now = front.engine, front.clock.now()
    match command.deed:
        case "hand_back":
            return await given_up(front, who, conversation, reception.hand_back, did="已经交回给机器人")
        case "close":
            return await given_up(front, who, conversation, reception.close, did="已经结束这段对话")
        case "transfer":
            receiver, name = _named(front, command.words)
            return await passed(front, who, (conversation, receiver, ""), force=False, did=f"已经转给{name}")
        case "note":
            id_ = await desk_talk.note(engine, who, conversation, command.words, now)
            await shown.told(front, conversation)
            return json({"note": str(id_), "did": "备注记下了，只有同事看得到"}, 201)
        case "remind":
            assert command.due is not None
            task = await desk_tasks.add(engine, who, conversation, Wanted(command.words, command.due), now)
            await shown.told(front, conversation)
            due = command.due.astimezone(front.brand().zone)
            return json({"task": str(task), "did": f"{due.month}月{due.day}日 {due:%H:%M} 提醒：{command.words}"}, 201)


def _named(front: Front, words: str) -> tuple[Receiver, str]:
    """Whoever or whichever store is called so; raises BadRequestError (404)."""
    staff = front.staff()
    guides = [one for one in staff.guides.values() if words in {one.name, one.id}]
    if len(guides) > 1:
        raise BadRequestError(f"有 {len(guides)} 位导购叫{words}，请在转接里点选", code="ambiguous")
    if guides:
        return Receiver.of(staff, guide=guides[0].id), guides[0].name
    store = staff.store_named(words) or next((one for one in staff.stores.values() if words in one.name), None)
    if store is None:
        raise BadRequestError(f"没有叫“{words}”的导购或门店", status=404, code="unknown_receiver")
    return Receiver.of(staff, store=store.id), store.name
