"""About a product, but none that is known: the base if it surely answers, else we ask which."""

from dataclasses import replace

from bot.handlers import questions
from bot.handlers.base import HUMAN, Draft, Line, Turn
from bot.services import Services


def which(turn: Turn, services: Services) -> Draft:
    """The base's answer, or the question which product is meant."""
    answer = questions.find(turn, services)
    if answer.entry is not None:
        return questions.respond(turn, services, answer)
    return Draft((Line("which_product", options=(HUMAN,)),), reason="先问是哪一款", session=replace(turn.session, misses=0))
