"""Who speaks in a conversation: one pure state machine, and the epoch that fences the bot.

    bot ──asked──▶ waiting ──claimed──▶ human ──handed back, or silent for long──▶ bot
     │                ▲────queued again────┤ └──closed──▶ closed ──shopper writes──▶ bot
     └──────────────claimed────────────────▲─┘ transferred: another person

The epoch rises whenever the floor passes to a person or back from one. Every bot message carries the epoch under which it
was thought of, and leaves only if that is still the conversation's: so a sentence that was ready before a person took over
is never heard after them. Waiting for a person does not raise the epoch: what the bot had promised before still arrives.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Author, Conversation, Owner

PATIENCE = timedelta(minutes=10)
"""After so long without a person, the bot helps again with what it knows while the shopper stays in the queue."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Who has the floor, since when, and how often it passed between bot and people."""

    owner: Owner = "bot"
    epoch: int = 0
    guide: str | None = None
    since: datetime | None = None
    group: bool = False
    """Whether it is a group's: there a wait for a person is one member's, and the others' talk goes on."""


def floor_of(conversation: Conversation) -> Floor:
    """The floor as a conversation stores it."""
    return Floor(conversation.owner, conversation.epoch, conversation.guide, conversation.owner_since, conversation.group)


def asked_for_person(floor: Floor, now: datetime) -> Floor:
    """The shopper should get a person; changes nothing when one is there or on the way."""
    return replace(floor, owner="waiting", guide=None, since=now) if floor.owner in {"bot", "closed"} else floor


def claimed(floor: Floor, guide: str, now: datetime) -> Floor:
    """A person takes the conversation, from wherever it is; their own second claim changes nothing."""
    if floor.owner == "human" and floor.guide == guide:
        return floor
    return Floor("human", floor.epoch + 1, guide, now, floor.group)


def handed_back(floor: Floor, now: datetime) -> Floor:
    """The person gives the floor back to the bot, or nobody is waited for any more."""
    if floor.owner == "bot":
        return floor
    return Floor("bot", floor.epoch + 1, None, now, floor.group)


def transferred(floor: Floor, guide: str, now: datetime) -> Floor:
    """A person passes the talk on to another person, or somebody who waits is given to one."""
    return claimed(floor, guide, now)


def queued_again(floor: Floor, now: datetime) -> Floor:
    """The person who holds the talk does not answer: the shopper waits for another one. The wait starts anew."""
    return Floor("waiting", floor.epoch + 1, None, now, floor.group) if floor.owner == "human" else floor


def fell_silent(floor: Floor, heard: tuple[datetime | None, datetime | None], now: datetime, after: timedelta) -> bool:
    """Whether a person's part is over without a word: theirs was the last one, and nothing came for so long.

    ``heard``: when a person last spoke, and when the shopper last wrote. Words of an earlier part do not make a later one old:
    whoever took the talk a minute ago has been silent for a minute.
    """
    spoke, wrote = heard
    if floor.owner != "human" or spoke is None or (wrote is not None and wrote > spoke):
        return False
    return now - max(spoke, floor.since or spoke) >= after


def joined_in(floor: Floor) -> Floor:
    """A person says something in a group without taking it: what the bot had ready does not leave any more.

    Whoever holds the group keeps it; who was waited for has come.
    """
    if floor.owner == "waiting":
        return Floor("bot", floor.epoch + 1, group=floor.group)
    return replace(floor, epoch=floor.epoch + 1)


def closed(floor: Floor, now: datetime) -> Floor:
    """The talk is over; the shopper's next message starts a new one with the bot."""
    return Floor("closed", floor.epoch + 1, None, now, floor.group)


def written_to(floor: Floor, now: datetime) -> Floor:
    """The shopper wrote: a closed talk opens again."""
    return Floor("bot", floor.epoch, None, now, floor.group) if floor.owner == "closed" else floor


def bot_may_answer(floor: Floor, now: datetime) -> bool:
    """Whether a turn of the bot may say something of substance now."""
    if floor.owner == "waiting":
        return floor.since is not None and now - floor.since > PATIENCE
    return floor.owner in {"bot", "closed"}


def may_push(floor: Floor) -> bool:
    """Whether something that the shopper did not ask for (a mass send, a timer) may be said now: never into a wait or a talk."""
    return floor.owner in {"bot", "closed"} or (floor.group and floor.owner == "waiting")


def may_leave(author: Author, epoch: int, floor: Floor, *, pushed: bool = False) -> bool:
    """The fence: whether a message thought of under ``epoch`` may still be handed to the platform.

    ``pushed``: nobody asked for it. Waiting does not raise the epoch, so such a message asks again whether it may be said.
    """
    return author != "bot" or (floor.owner != "human" and epoch == floor.epoch and (not pushed or may_push(floor)))
