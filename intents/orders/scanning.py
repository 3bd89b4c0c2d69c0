"""Tokens of a segment: articles, amounts, words of ordering, and what only looks like a quantity."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from intents.orders import words
from intents.orders.amounts import MISSPELT, UNITS, VAGUE, Amount, converted, sensible, value_of
from intents.orders.menu import Items, Menu
from intents.orders.patterns import VEILS, token_pattern
from intents.orders.sellers import without_prices

_SOLID = re.compile(
    r"^[汁酱糖粉饼醋酒油茶膏苗片脯冻派罐皂香馅糕泥羹汤奶壳籽核树叶渣壶机锅盘杯袋盒架](?![来要订拿各一二两三四五六七八九十半"
    r"])|^干(?!净)"
)
_KIND = re.compile(r"^[大小新鲜好甜红青白土活现的个种款这那本农家你咱上次今天点]+$")
_SORTS = re.compile(r"[两三四五几各](?:种|款|个口味|样)$")
_GLUED = re.compile(r"[\u4e00-\u9fff]+$")

_LEFT = re.compile(
    r"[的要来拿订买加带留斤两箱盒袋个只条份把瓶桶罐包提件卷支根块杯碗颗枚套板双张朵棵盘串捆打和跟与及或给我大好甜鲜换成再多"
    r"少也各收退不取消那这]$|[一二三四五六七八九十半]$"
)
_RIGHT = re.compile(
    r"[一二两三四五六七八九十半俩仨几要来拿订买加带留和跟与及或也再还都各换改不取退少多吧哈呢的了吗怎是有能可给我]"
    r"|[子](?=[\d一二两三四五六七八九十半 ,]|$)"
)
_LONGEST = 300
"""Characters of a segment that are read; nobody orders in one breath for longer."""
_KEPT = 4096
"""Segments whose tokens are kept."""
_WEIGHED = frozenset(("斤", "公斤", "千克", "kg", "两"))
_MASKS = frozenset(("phone", "money", "place", "pack", "time", "other"))
_CLOSE = re.compile(r"^[ :的x*,]?$")
_WEIGHT = re.compile(r"(\d+(?:\.\d+)?)(kg|g)", re.IGNORECASE)
_COUNTED = re.compile(r"[\d一二两三四五六七八九十半几] ?$")
_LINK = re.compile(r"^(?:的|馅儿?|味|口味|款)?$")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a segment: ``kind`` item, amount, add, set, swap, less, cancel, refuse, each, only, want or mask."""

    kind: str
    start: int
    end: int
    items: Items = ()
    amount: Amount = VAGUE
    strange: str = ""
    """An article's name inside that of another thing, which is not on the menu (苹果汁)."""


@dataclass(frozen=True)
class Scanner:
    """Finds tokens for one menu."""

    menu: Menu

    @cached_property
    def _scanned(self) -> dict[str, Sequence[Token]]:
        """What was scanned lately: a list is pasted again and again with one line more."""
        return {}

    @cached_property
    def entries(self) -> dict[tuple[str, int | None], Any]:
        """What entries of lists say that were read lately, by their words and the list's main article."""
        return {}

    def keep(self, key: tuple[str, int | None], told: object) -> None:
        """Remember what an entry says."""
        if len(self.entries) > _KEPT:
            self.entries.clear()
        self.entries[key] = told

    @cached_property
    def _items(self) -> re.Pattern[str]:
        return re.compile(self.menu.spelled, re.IGNORECASE)

    def scan(self, segment: str) -> Sequence[Token]:
        """Tokens in order; names that belong together made one, foreign ones marked."""
        segment = segment[:_LONGEST]
        known = self._scanned.get(segment)
        if known is None:
            known = self._scanned[segment] = tuple(self._scan(segment))
            if len(self._scanned) > _KEPT:
                self._scanned.clear()
        return known

    def _scan(self, segment: str) -> Sequence[Token]:
        named, hidden = self.veiled(segment)
        if any(char.isdigit() for char in hidden):
            hidden = without_prices(hidden, named, self.menu)
        items = {token.start: token for token in named}
        found = [self._token(one, items) for one in token_pattern(self.menu.units - frozenset(UNITS)).finditer(hidden)]
        return self._weighed(segment, self._unpacked(segment, self._joined(segment, [one for one in found if one is not None])))

    def veiled(self, segment: str) -> tuple[Sequence[Token], str]:
        """The articles' names, and the segment with them hidden."""
        named = self.named(segment)
        hidden = segment
        for place, token in enumerate(named):
            hidden = hidden[: token.start] + VEILS[place % 2] * (token.end - token.start) + hidden[token.end :]
        return named, hidden

    def named(self, segment: str) -> Sequence[Token]:
        """The articles' names; a name of one character only where it is no part of a longer word."""
        found = []
        for one in self._items.finditer(segment):
            if len(one[0]) == 1 and one[0] not in self.menu.chars and not _alone(segment, one.start()):
                continue
            if len(one[0]) == 1 and one[0] in self.menu.units and _COUNTED.search(segment[: one.start()]):
                continue  # 来一饼 where something is sold by the 饼
            found.append(Token("item", one.start(), one.end(), items=self.menu.fits(one[0])))
        return found

    def articles(self, segment: str) -> Items:
        """The articles that a head names, whatever stands around their names."""
        named = [one for one in self.named(segment) if segment[one.start : one.end].lower() not in self.menu.openings]
        return tuple(place for token in named for place in token.items)

    def _token(self, found: re.Match[str], items: Mapping[int, Token]) -> Token | None:
        kind = found.lastgroup or ""
        start, end = found.span()
        if kind == "item":
            return items[start]
        if kind in {"amount", "liang", "pair", "bare", "rough", "vague"}:
            amount = sensible(self._amount(kind, found))
            return Token("amount", start, end, amount=amount) if amount else None
        return Token("mask" if kind in _MASKS else kind, start, end)

    def _amount(self, kind: str, found: re.Match[str]) -> Amount | None:
        if kind in {"vague", "rough"}:
            return VAGUE if kind == "vague" else Amount(None, rough=True)
        if kind == "pair":
            return Amount(value_of(found[0]))
        if kind in {"bare", "liang"}:
            n = value_of(found["bn"] or found["ln"])
            known = kind == "bare" or self.menu.units & _WEIGHED
            return Amount(n, None if kind == "bare" else "两", bare=kind == "bare") if n and known else None
        if found["ou"] is not None or found["oe"] is not None:
            return Amount(Decimal(1), found["ou"] or found["oe"])
        if found["wn"] is not None:
            return self._mistyped(found)
        return _measured(found)

    def _mistyped(self, found: re.Match[str]) -> Amount | None:
        """两合 is 两盒 where something is sold by the 盒; 苹果2和梨3 are bare numbers."""
        n = value_of(found["wn"])
        unit = MISSPELT[found["wu"]]
        follows = found.string[found.end() : found.end() + 1] in VEILS and found["wu"] == "和"
        return Amount(n, unit) if n and unit in self.menu.units and not follows else Amount(n, bare=True) if n else None

    def _joined(self, segment: str, tokens: list[Token]) -> list[Token]:
        """韭菜馅的饺子 is one article where one fits both words."""
        done: list[Token] = []
        for token in tokens:
            last = done[-1] if done else None
            if last and last.kind == token.kind == "item" and _LINK.match(segment[last.end : token.start].strip()):
                both = tuple(place for place in last.items if place in token.items)
                if both:
                    done[-1] = replace(last, end=token.end, items=both)
                    continue
            done.append(token)
        return done

    def _unpacked(self, segment: str, tokens: list[Token]) -> list[Token]:
        """What a pack holds is no quantity where the packs are counted besides: 燕麦1公斤的1袋, 52颗的凝珠1盒."""
        done = [self._unmasked(segment, tokens, index) for index in range(len(tokens))]
        for index, token in enumerate(tokens):
            before = next((one for one in reversed(tokens[:index]) if one.kind != "want"), None)
            behind = (*(one for one in tokens[index + 1 : index + 5] if one.kind != "want"), None, None, None)
            item, count, after = (before, *behind[:2]) if before and before.kind == "item" else behind[:3]
            if token.kind != "amount" or item is None or count is None or item.kind != "item" or count.kind != "amount":
                continue
            units = {self.menu.articles[place].unit for place in item.items}
            own = token.amount.unit is None or any(converted(token.amount, unit) is not None for unit in units)
            if not own and count.amount.unit in units and (after is None or after.kind != "item"):
                done[index] = replace(token, kind="mask", amount=VAGUE)
        return done

    def _unmasked(self, segment: str, tokens: Sequence[Token], index: int) -> Token:
        """500g is a quantity of what is weighed, where no other quantity follows."""
        token, item = tokens[index], tokens[index - 1] if index else None
        weight = _WEIGHT.fullmatch(segment[token.start : token.end]) if token.kind == "mask" else None
        if (
            weight is None
            or item is None
            or item.kind != "item"
            or any(one.kind == "amount" for one in tokens[index + 1 : index + 2])
        ):
            return token
        amount = Amount(Decimal(weight[1]), weight[2].lower())
        told = {converted(amount, self.menu.articles[place].unit) for place in item.items}
        return replace(token, kind="amount", amount=amount) if told and None not in told else token

    def _weighed(self, segment: str, tokens: list[Token]) -> Sequence[Token]:
        """Items told apart by the words about them, and marked where they are part of another thing's name."""
        done: list[Token] = []
        for index, token in enumerate(tokens):
            if token.kind != "item":
                done.append(token)
                continue
            opening = segment[token.start : token.end].lower() in self.menu.openings
            if opening and not self._measured_so(segment, token, tokens, index):
                continue
            before = segment[tokens[index - 1].end if index else 0 : token.start]
            after = segment[token.end : tokens[index + 1].start if index + 1 < len(tokens) else len(segment)]
            strange = self._strange(token, segment, before, after)
            items = token.items
            if _SORTS.search(segment[: token.start]):
                items = self.menu.family(segment[token.start : token.end]) or items
            elif len(items) > 1:
                items = self.menu.picked(items, before[-6:] + segment[token.start : token.end] + after[:6])
            done.append(replace(token, strange=strange, items=() if strange else items))
        return done

    def _measured_so(self, segment: str, token: Token, tokens: Sequence[Token], index: int) -> bool:
        """Whether the amount right beside a shortened name is in its article's own measure."""
        unit = self.menu.articles[token.items[0]].unit
        later, earlier = tokens[index + 1 : index + 2], tokens[max(0, index - 1) : index]
        beside = [one for one in later if _CLOSE.match(segment[token.end : one.start])]
        beside += [one for one in earlier if _CLOSE.match(segment[one.end : token.start])]
        return any(one.kind == "amount" and one.amount.unit == unit for one in beside)

    def _strange(self, token: Token, segment: str, before: str, after: str) -> str:
        """What the thing is really called: 苹果汁, 臭豆腐, 蒙牛牛奶 beside 伊利牛奶."""
        said = segment[token.start : token.end]
        if _SOLID.match(after) and not any(self.menu.articles[place].unit == after[:1] for place in token.items):
            return said + after[:1]
        glued = _GLUED.search(before)
        if glued is None or _KIND.match(glued[0]) or words.FILLER.sub("", glued[0]) == "":
            return ""
        word = glued[0]
        if word.endswith("的"):
            return ""
        names = [self.menu.articles[place].name for place in token.items]
        if any(char in name for name in names for char in word) and len(token.items) == 1:
            return ""
        if len(word) == 1:
            return word + said if word in "臭糯咸甜酸辣冻干黑紫黄绿羊驴马鹅鸭猪牛水" else ""
        whole = any(len(name) > len(said) for name in names)
        return (
            word + said
            if whole and len(word) <= 3 and not words.PERSON.search(word) and before == word and token.start > len(word)
            else ""
        )


def _measured(found: re.Match[str]) -> Amount | None:
    n = value_of(found["n"])
    if not n:
        return None
    more, unit = found["more"], found["u"]
    if more == "半":
        n += Decimal("0.5")
    elif more:
        tenth = value_of(more[0]) or Decimal(0)
        n += tenth / (20 if unit.lower() in {"公斤", "kg", "千克"} else 10)
    return Amount(n, unit.lower() if unit.isascii() else unit)


def _alone(segment: str, place: int) -> bool:
    """Whether a character stands for itself: 梨3斤, and not 凤梨 or 上面."""
    before, after = segment[:place], segment[place + 1 :]
    left = re.search(r"[\u4e00-\u9fff]{1,2}$", before)
    right = re.match(r"[\u4e00-\u9fff]", after)
    return (left is None or _LEFT.search(left[0]) is not None) and (right is None or _RIGHT.match(after) is not None)
