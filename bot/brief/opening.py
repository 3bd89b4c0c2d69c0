"""A first sentence that names the matter, asks for nothing and promises nothing; in the tone that the matter asks for."""

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.brief.clauses import cut
from bot.brief.hurting import Hurt
from bot.brief.model import Clause, Story

Tone = Literal["reaction", "anger", "money", "damage", "plain"]
_LONGEST = 18
"""Characters of the matter that are quoted."""
_WORDS: Mapping[Tone, str] = {
    "reaction": "您好，您说的“{}”我看到了，身体要紧，我在这儿陪您一起处理。",
    "anger": "您好，“{}”这件事我看到了，让您不痛快了，真的对不起，您前面说的我都看过了。",
    "money": "您好，您说的“{}”我看到了，钱的事马虎不得，我来跟您核对。",
    "damage": "您好，您说的“{}”我看到了，给您添麻烦了，前面的话您不用再讲一遍。",
    "plain": "您好，您说的“{}”我看到了，前面的话我都看过，您不用再讲一遍。",
}
_NOTHING: Mapping[Tone, str] = {
    "reaction": "您好，您的情况我看到了，身体要紧，我在这儿陪您一起处理。",
    "anger": "您好，前面的话我都看过了，让您不痛快了，真的对不起。",
    "money": "您好，您说的我看到了，钱的事马虎不得，我来跟您核对。",
    "damage": "您好，您说的我看到了，给您添麻烦了，您不用再讲一遍。",
    "plain": "您好，我来了，前面的话我都看过，您不用再讲一遍。",
}
_KINDS: Mapping[str, Tone] = {"reaction": "reaction", "anger": "anger"}


def opening(story: Story, errands: Sequence[Clause], hurt: Sequence[Hurt]) -> str:
    """The sentence; the matter is quoted as the shopper put it."""
    tone = tone_of(story, hurt)
    matter = next(
        (one.clause.text for one in reversed(hurt) if one.sort == tone or (tone == "anger" and one.sort == "threat")), None
    )
    if matter is None:
        matter = (errands[0].text if errands else hurt[-1].clause.text if hurt else "") if tone != "plain" or errands else ""
    return _WORDS[tone].format(cut(matter, _LONGEST)) if matter else _NOTHING[tone]


def tone_of(story: Story, hurt: Sequence[Hurt]) -> Tone:
    """A body comes before anger, anger before money, money before a broken parcel."""
    sorts: set[str] = {one.sort for one in hurt}
    if (told := _KINDS.get(story.kind)) is not None and told not in sorts and story.kind != "reaction":
        sorts.add("anger")
    if story.kind == "reaction":
        sorts.add("reaction")
    if "threat" in sorts:
        sorts.add("anger")
    tones: tuple[Tone, ...] = ("reaction", "anger", "money", "damage")
    return next((tone for tone in tones if tone in sorts), "plain")
