"""What members of a group want to know of the shop: stored questions in spoken words, goods by name, and the shop's everyday."""

from __future__ import annotations

from typing import Final

from bot.sandbox import groups_words as words
from bot.sandbox.groups_people import Crowd

_TRIES: Final = 12
"""Draws until one is new."""


def question(crowd: Crowd) -> tuple[str, str | None]:
    """What somebody wants to know of the shop, as people type it, and the entry that holds it; hardly ever asked before."""
    for _ in range(_TRIES):
        text, entry = _wish(crowd)
        if not {text, entry} & crowd.asked:
            break
    crowd.asked |= {text} if entry is None else {text, entry}
    return crowd.dice.choice(words.AROUND).format(text), entry


def _wish(crowd: Crowd) -> tuple[str, str | None]:
    dice, material = crowd.dice, crowd.material
    way = dice.choices(("stored", "goods", "shop"), (45 if material.questions else 0, 30, 25))[0]
    entry = None
    if way == "stored":
        asked = dice.choice(material.questions)
        text, entry = asked.text, asked.entry
        for formal, spoken in words.SPELT:
            if formal in text and dice.random() < 0.4:
                text = text.replace(formal, spoken, 1)
    elif way == "goods":
        good, other = dice.choice(material.goods), dice.choice(material.goods)
        text = dice.choice(words.GOODS_ASKED).format(good=good.name, other=other.name)
    else:
        text = dice.choice(words.SHOP_ASKED)
    return text, entry
