"""The scenes of which an evening in a group is made: one errand each, with what would be right to do about every word of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox import groups_words as words
from bot.sandbox.groups_model import ASSISTANT, Gold, Kind
from bot.sandbox.groups_people import Crowd, Person
from bot.sandbox.groups_questions import question

GUIDE_FIRST: Final = 30.0
"""Seconds that the assistant leaves a guide (the group policy)."""


@dataclass(slots=True)
class Draft:
    """An event before it has its number."""

    at: float
    person: Person
    kind: Kind
    text: str
    gold: Gold
    thread: Draft | None = None
    joins: Draft | None = None
    quotes: Draft | None = None
    at_bot: bool = False
    mentions: tuple[str, ...] = ()
    state: str = ""
    bare: Draft | None = None
    """What it means without naming it; quoted where something else has come in between."""
    clear: str = ""
    """With ``bare``: words that mean the same wherever they stand, instead of a quotation."""


@dataclass(slots=True)
class Scene:
    """One scene while it is written."""

    crowd: Crowd
    begin: float
    drafts: list[Draft] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        """It begins."""
        self.now = self.begin

    def pause(self, least: float, most: float) -> Scene:
        """Let seconds pass."""
        self.now += self.crowd.dice.uniform(least, most)
        return self

    def does(self, person: Person, gold: Gold, text: str = "", kind: Kind = "text") -> Draft:
        """Somebody does something now; what is long takes time to type."""
        self.now += min(len(text), 30) * 0.2
        draft = Draft(self.now, person, kind, text, gold, self.drafts[0] if self.drafts else None)
        self.drafts.append(draft)
        self.crowd.take(person, self.now)
        return draft


def ask(scene: Scene) -> None:
    """A question to all; perhaps 同问, a guide who is faster or slower, a member who knows, a nudge, thanks."""
    crowd, dice = scene.crowd, scene.crowd.dice
    asker = crowd.pick("asker", scene.begin)
    if asker is None:
        return
    text, entry = question(crowd)
    if dice.random() < 0.15:
        scene.does(asker, Gold("ask", "silent", ("answer",)), dice.choice(("想问个事", "那个", "请教一下")))
        scene.pause(1, 3)
    asked = scene.does(asker, Gold("ask", "answer", entry=entry), text)
    begun = scene.now
    _same(scene, asked, dice.choices((0, 1, 2, 3), (50, 28, 15, 7))[0])
    how = dice.choices(("nobody", "guide", "late", "member"), (52, 22, 14, 12))[0]
    if how == "guide":
        scene.now = begun
        _guide_answers(scene, asked, dice.uniform(6, 24))
    elif how == "late":
        scene.now = max(scene.now, begun)
        _guide_answers(scene, asked, dice.uniform(75, 200))
    elif how == "member":
        _member_answers(scene, asked, begun + dice.uniform(6, 24))
    elif dice.random() < 0.1:
        scene.pause(5, 15).does(asker, Gold("nudge", "silent", ("answer",)), dice.choice(words.NUDGES))
    if how != "nobody" and dice.random() < 0.5:
        scene.pause(5, 15).does(asker, Gold("thanks", "silent"), dice.choice(words.THANKS))


def _same(scene: Scene, asked: Draft, many: int) -> None:
    """Others who ask the same, within the time that the answer waits."""
    for _ in range(many):
        scene.pause(1.5, 7)
        if scene.now - asked.at > GUIDE_FIRST - 4:
            return
        person = scene.crowd.pick("same", scene.now)
        if person is None:
            return
        gold = Gold("same", "answer", ("silent",), entry=asked.gold.entry)
        said = scene.does(person, gold, scene.crowd.dice.choice(words.SAME))
        said.joins = said.bare = asked


def _guide_answers(scene: Scene, asked: Draft, after: float) -> None:
    """A guide answers; within the time that is left to guides the assistant has nothing to say to any of them."""
    dice = scene.crowd.dice
    scene.now = max(scene.now, asked.at + after)
    said = scene.does(dice.choice(scene.crowd.guides), Gold("guide", "silent"), dice.choice(words.GUIDE_ANSWERS))
    said.bare = asked
    if said.at - asked.at <= GUIDE_FIRST:
        for one in scene.drafts:
            if one is asked or one.joins is asked:
                one.gold = Gold(one.gold.tag, "silent", entry=one.gold.entry)


def _member_answers(scene: Scene, asked: Draft, at: float) -> None:
    person = scene.crowd.pick("chatty", at)
    if person is None:
        return
    scene.now = at
    said = scene.does(person, Gold("chat", "silent"), scene.crowd.dice.choice(words.PEER_ANSWERS))
    said.bare = asked
    for one in scene.drafts:
        if one is asked or one.joins is asked:
            one.gold = Gold(one.gold.tag, "answer", ("silent",), entry=one.gold.entry)


def named(scene: Scene) -> None:
    """A question that names the assistant, or praise for it."""
    crowd, dice = scene.crowd, scene.crowd.dice
    asker = crowd.pick("asker", scene.begin)
    if asker is None:
        return
    bot = crowd.material.assistant
    if dice.random() < 0.2:
        said = scene.does(asker, Gold("thanks", "answer", ("silent",)), dice.choice(words.PRAISE).format(bot=bot))
    else:
        text, entry = question(crowd)
        said = scene.does(asker, Gold("ask", "answer", entry=entry), dice.choice(words.NAMED).format(text, bot=bot))
    said.at_bot, said.mentions = True, (ASSISTANT,)


def chatter(scene: Scene) -> None:
    """Members among themselves."""
    last: Person | None = None
    for line in scene.crowd.dice.choice(words.CHATTER):
        person = scene.crowd.pick("chatty", scene.now)
        if person is None or person is last:
            continue
        scene.does(person, Gold("chat", "silent"), line)
        scene.pause(2, 14)
        last = person


def peer(scene: Scene) -> None:
    """A question to another member, who answers or does not."""
    one, dice = scene.crowd.pick("chatty", scene.begin), scene.crowd.dice
    if one is None:
        return
    scene.crowd.take(one, scene.begin)
    other = scene.crowd.pick("asker", scene.begin)
    if other is None:
        return
    said = scene.does(one, Gold("peer", "silent"), dice.choice(words.TO_PEER).format(who=other.name))
    said.mentions = (other.id,) if "@" in said.text else ()
    if dice.random() < 0.7:
        scene.pause(4, 25).does(other, Gold("chat", "silent"), dice.choice(words.PEER_SAYS)).bare = said


def to_guide(scene: Scene) -> None:
    """A question to a guide, who answers sooner or later."""
    one, dice = scene.crowd.pick("asker", scene.begin), scene.crowd.dice
    if one is None:
        return
    guide = dice.choice(scene.crowd.guides)
    said = scene.does(one, Gold("to_guide", "silent"), dice.choice(words.TO_GUIDE).format(guide=guide.name))
    said.mentions = (guide.id,) if "@" in said.text else ()
    scene.pause(8, 90).does(guide, Gold("guide", "silent"), dice.choice(words.GUIDE_SAYS)).bare = said


def private(scene: Scene) -> None:
    """Somebody's own order or points, with numbers that nobody may repeat aloud."""
    one, dice = scene.crowd.pick("private", scene.begin), scene.crowd.dice
    if one is not None:
        numbers = {"number": str(dice.randrange(10**11, 10**12)), "phone": f"13{dice.randrange(10**8, 10**9)}"}
        scene.does(one, Gold("private", "private"), dice.choice(words.PRIVATE).format(**numbers))


def angry(scene: Scene) -> None:
    """A complaint or a threat."""
    one = scene.crowd.pick("angry", scene.begin)
    if one is not None:
        scene.does(one, Gold("angry", "handover"), scene.crowd.dice.choice(words.ANGRY))


def hurt(scene: Scene) -> None:
    """A body's reaction; perhaps somebody has it too."""
    one, dice = scene.crowd.pick("private", scene.begin), scene.crowd.dice
    if one is None:
        return
    said = scene.does(one, Gold("hurt", "handover"), dice.choice(words.HURT))
    other = scene.crowd.pick("same", scene.now)
    if other is not None and dice.random() < 0.5:
        scene.pause(3, 15)
        too = scene.does(other, Gold("hurt", "handover"), dice.choice(words.TOO))
        too.joins = too.bare = said


def newcomer(scene: Scene) -> None:
    """One or two people come in by a code; one of them says hello."""
    crowd, dice = scene.crowd, scene.crowd.dice
    came = None
    for number in range(dice.choice((1, 1, 1, 2))):
        one = crowd.pick("new", scene.now)
        if one is None:
            break
        also = ("silent",) if number else ()
        came = scene.does(one, Gold("newcomer", "welcome", also), kind="join")  # type: ignore[arg-type]
        came.state = dice.choice(crowd.material.codes) if dice.random() < 0.8 else ""
        # Nobody comes twice, and whoever came may talk like everybody else.
        crowd.people = [Person(x.id, x.name, "asker") if x.id == one.id else x for x in crowd.people]
        scene.pause(1, 4)
    if came is not None and dice.random() < 0.6:
        scene.pause(5, 20).does(came.person, Gold("hello", "silent", ("welcome", "answer")), dice.choice(words.HELLO))


def spam(scene: Scene) -> None:
    """An advertisement or a lure."""
    one, dice = scene.crowd.pick("spammer", scene.begin), scene.crowd.dice
    if one is not None:
        phone = f"17{dice.randrange(10**8, 10**9)}"
        scene.does(one, Gold("spam", "silent"), dice.choice(words.SPAM).format(n=dice.randrange(10, 99), phone=phone))


def unsaid(scene: Scene) -> None:
    """A question that is taken back before anybody could answer it."""
    one, dice = scene.crowd.pick("asker", scene.begin), scene.crowd.dice
    if one is not None:
        said = scene.does(one, Gold("unsaid", "silent"), dice.choice(words.UNSAID).format(question(scene.crowd)[0]))
        scene.pause(4, 14).does(one, Gold("recall", "silent"), kind="recall").quotes = said


def picture(scene: Scene) -> None:
    """A picture or a sticker, and what somebody says to it."""
    one, dice = scene.crowd.pick("chatty", scene.begin), scene.crowd.dice
    if one is None:
        return
    shown = scene.does(one, Gold("picture", "silent"), kind=dice.choice(("image", "sticker")))
    other = scene.crowd.pick("chatty", scene.now)
    if other is not None and dice.random() < 0.6:
        said = scene.pause(3, 12).does(other, Gold("chat", "silent"), dice.choice(("真好看", "哈哈哈", "👍", "可爱")))
        said.bare = shown


def leave(scene: Scene) -> None:
    """Somebody goes."""
    one = scene.crowd.pick("asker", scene.begin)
    if one is not None and len(scene.crowd.people) > _FEW:
        scene.does(one, Gold("leave", "silent"), kind="leave")
        scene.crowd.take(one, float("inf"))


_FEW: Final = 12
"""Of so few members nobody leaves."""

SCENES: Final[Mapping[Callable[[Scene], None], int]] = {
    ask: 26, chatter: 18, named: 8, peer: 7, newcomer: 6, picture: 6, to_guide: 5,
    private: 4, unsaid: 3, spam: 2, hurt: 2, angry: 2, leave: 2,
}  # fmt: skip
"""Every scene that may come at any time, with how often."""
