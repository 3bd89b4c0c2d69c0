"""Of whom something is said: the shopper, or somebody for whom they shop, by the name that the shopper gives them."""

import re
from dataclasses import dataclass, replace

from bot.learning.people import People, Who, about, people

_OWN = re.compile(r"^(?:我|俺|咱)(?:们)?(?:家)?(?:里)?(?:的)?(?=.)|的$")
_PRONOUN = re.compile(r"^(?:她|他|TA|人家|送人|送礼|送别人|礼物|随礼|过节礼|别人|网上|有人|大家|楼上|群里|其他人)$")
_THEY = re.compile(r"^(?:她|他|TA|人家)")
_STRANGERS = re.compile(r"同事|朋友|室友|邻居|闺[蜜密]|别人|人家|客户|老师|网友|亲戚|领导")
_FAMILY = re.compile(
    r"宝宝|宝贝|孩子|小孩|娃|儿子|女儿|闺女|大宝|二宝|小宝|老大|老二|崽|妈|爸|母亲|父亲|婆婆|公公|岳|丈母娘|奶奶|爷爷|姥姥|姥爷|外公|外婆|"
    r"老公|老婆|媳妇|爱人|太太|对象|男朋友|女朋友|男友|女友|先生|那口子"
)
_FOR = re.compile(
    r"(?:[买寄送拿带]给|[给送帮替为])(?:了)?(?P<who>(?:我|俺|咱)?(?:们)?(?:家)?(?:的)?"
    r"(?:(?!给)[\u4e00-\u9fff]{0,2}?(?:妈妈?|爸爸?|母亲|父亲|婆婆|公公|岳[父母]|丈母娘|奶奶|爷爷|姥姥|姥爷|外[公婆]|老[公婆]|媳妇|爱人|太太|对象|[男女]朋友|[男女]友|"
    r"闺[蜜密]|朋友(?!圈)|同事|同学|室友|领导|老师|客户|邻居|亲戚|姐姐?|妹妹?|哥哥?|弟弟?|[大小]?[姑姨舅叔伯](?:[妈父母姑姨舅叔伯])?|嫂子?|"
    r"宝宝|宝贝|孩子|小孩|娃|儿子|女儿|闺女|侄[子女]|外甥女?|孙[子女]|长辈|老人)))(?!推荐的|说)"
)
_BIRTHDAY = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{0,2}(?:妈妈?|爸爸?|老[公婆]|媳妇|女朋友|男朋友|朋友|宝宝|儿子|女儿|闺女|婆婆))(?:过?生日|乔迁|结婚|要的)"
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who has been spoken of in the talk so far."""

    before: Who | None = None
    last: str | None = None
    """The last who was named and is not the shopper, with the message that named them."""
    named_in: int | None = None
    for_whom: frozenset[str] = frozenset()
    """For whom something is bought."""

    def hearing(self, id_: int, text: str) -> tuple["Cast", People]:
        """The cast after a message, and the persons of the message itself."""
        told = people(text, (), self.before)
        names = [name for one in told.mentions if one.who != "self" and (name := called(text[one.start : one.end]))]
        wanted = frozenset(name for _, name, _ in beneficiaries(text))
        last, named_in = (names[-1], id_) if names else (self.last, self.named_in)
        if wanted and not names:
            last, named_in = next(iter(sorted(wanted))), id_
        following = replace(self, before=about(text, self.before), last=last, named_in=named_in, for_whom=self.for_whom | wanted)
        return following, told


def beneficiaries(text: str) -> list[tuple[str, str, int]]:
    """(words, name, place) of everybody for whom the message wants something."""
    found = [(one["who"], called(one["who"]), one.start("who")) for one in _FOR.finditer(text)]
    found += [(one["who"], called(one["who"]), one.start("who")) for one in _BIRTHDAY.finditer(text) if not found]
    return [(words, name, at) for words, name, at in found if name]


def called(words: str) -> str:
    """The name without whose they are (我家宝宝 → 宝宝); empty where it names nobody."""
    name = _OWN.sub("", words.strip())
    return "" if _PRONOUN.match(name) or not name else name


def whose(told: People, start: int, cast: Cast) -> tuple[str | None, bool]:
    """(name, whether it counts) of whom the word at ``start`` speaks; (None, True): of the shopper.

    What is said of people for whom nothing is bought (我室友油皮用着还行) does not count.
    """
    who = told.whose(start)
    if who == "self":
        return None, True
    near = [one for one in told.mentions if one.who == who]
    left = [one for one in near if one.start <= start] or near[:1]
    words = told.text[left[-1].start : left[-1].end] if left else ""
    name = called(words)
    if not name and (not words or _THEY.match(words)):
        name = cast.last or ""
    family = _FAMILY.search(name) is not None and _STRANGERS.search(name) is None
    return name or None, bool(name) and (name in cast.for_whom or family)
