"""Naming people with @ at the head of a message: the plain form that every channel can say, and the text without it."""

from bot.model import Mention, Speech


def plain(mentions: tuple[Mention, ...]) -> str:
    """How a speech begins that names these: 「@名 @名 」."""
    return "".join(f"@{one.name} " for one in mentions)


def body(speech: Speech) -> str:
    """The words of a speech without the plain names at their head, for a platform that puts real mentions in their place.

    Where the words do not begin with exactly these names (they were joined with others), nothing is taken away.
    """
    return speech.text.removeprefix(plain(speech.mentions))


def named(speech: Speech) -> tuple[Mention, ...]:
    """Whom a channel may name for real: nobody where the plain names do not stand at the head of the text."""
    return speech.mentions if speech.text.startswith(plain(speech.mentions)) else ()
