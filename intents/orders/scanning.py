"""Tokens of a segment: articles, amounts, words of ordering, and what only looks like a quantity."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from intents.orders import words
from intents.orders.amounts import MISSPELT, VAGUE, Amount, unit_pattern, value_of
from intents.orders.menu import Items, Menu
from intents.orders.written import MONEY, NUMBER, OTHER, PHONE, PLACE, TIME

_SOLID = re.compile(r"^[汁酱糖粉饼醋酒油茶膏苗片脯冻派罐皂香馅糕泥羹汤奶壳籽核树叶渣壶机锅盘杯袋盒架](?![来要订拿各一二两三四五六七八九十半])|^干(?!净)")
_KIND = re.compile(r"^[大小新鲜好甜红青白土活现的个种款这那本农家你咱上次今天点]+$")
_GLUED = re.compile(r"[\u4e00-\u9fff]+$")

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
    def _pattern(self) -> re.Pattern[str]:
        unit = unit_pattern(self.menu.units, rf"(?!{self._starting})" if self._starting else "")
        typed = "".join(key for key, right in MISSPELT.items() if right in self.menu.units)
        wrong = rf"|(?P<wn>{NUMBER}) ?(?P<wu>[{typed}])(?=$|[ ,;()]|{self.menu.spelled})" if typed else ""
        many = r"(?<![第每\d.])"
        rough = (
            rf"{many}(?:{NUMBER} ?(?:-|~|—|到|至|或者?) ?{NUMBER} ?{unit}|[一二两三四五六七八九][二两三四五六七八九](?![十百]) ?{unit}"
            rf"|(?:[一二三四五六七八九]?十|\d+)(?:来|几|多) ?{unit}|(?:好|十)?几 ?{unit}|(?:大概|大约|差不多|约|可能) ?{NUMBER} ?{unit}"
            rf"|{NUMBER} ?{unit}(?:多(?!少)|左右|上下|出头| ?(?:到|~|-|或者?|还是) ?{NUMBER} ?{unit}))"
        )
        pack = rf"{NUMBER} ?{unit} ?(?:装|/ ?{unit})|\d+(?:ml|g|kg|L)(?:[*x]\d+)?(?![A-Za-z])"
        price = rf"(?: ?(?:/|每|一) ?{unit}| ?\d+ ?{unit})?"
        parts = {
            "item": self.menu.spelled,
            "phone": PHONE,
            "money": MONEY.replace("{per}", price) + rf"|(?:每|/) ?{unit} ?(?:只要|才)?[¥￥]?\d+(?:\.\d+)?(?:元|块钱?)|(?:一|1) ?{unit} ?[¥￥]?\d+(?:\.\d+)?(?:元|块钱?)(?=[的太好有怎贵])",
            "place": PLACE,
            "cancel": words.CANCEL,
            "refuse": words.REFUSE,
            "set": words.SET,
            "each": words.EACH,
            "vague": words.VAGUE,
            "rough": rough,
            "pack": pack,
            "liang": rf"{many}(?P<ln>[\d一二三四五六七八九半]{{1,3}})两(?!\d)" if {"斤", "公斤", "两"} & self.menu.units else r"(?!)",
            "amount": rf"{many}(?:[xX*] ?)?(?P<n>{NUMBER}|俩|仨) ?(?P<u>{unit})(?P<more>半(?!价|{unit})|[一二三四五六七八九\d]两)?" + wrong,
            "pair": r"(?:俩|仨)(?!人|娃|孩|口)",
            "time": TIME,
            "other": OTHER,
            "only": words.ONLY,
            "less": words.LESS,
            "swap": words.SWAP,
            "add": words.ADD,
            "bare": rf"{many}(?:[xX*] ?)?(?P<bn>\d{{1,4}}|[一二两三四五六七八九十]{{1,2}}(?=$|[ ,;)+]))(?![\d.:%A-Za-z元块]| ?[-/]\d)",
            "want": words.WANT,
        }
        return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items()), re.IGNORECASE)

    @property
    def _starting(self) -> str:
        """Names that begin with what may be a measure word: 包子, 条纹衫."""
        return "|".join(re.escape(name) for name in self.menu.names if len(name) > 1 and name[0] in "包条块片头卷杯盘碗盒袋瓶桶板枚支本串把张根粒颗对打节排格刀棵筒扎听壶")

    def scan(self, segment: str) -> Sequence[Token]:
        """Tokens in order; names that belong together made one, foreign ones marked."""
        found = [self._token(one) for one in self._pattern.finditer(segment)]
        return self._weighed(segment, self._joined(segment, [one for one in found if one is not None]))

    def _token(self, found: re.Match[str]) -> Token | None:
        kind = found.lastgroup or ""
        start, end = found.span()
        if kind == "item":
            return Token("item", start, end, items=self.menu.fits(found[0]))
        if kind in {"amount", "liang", "pair", "bare", "rough", "vague"}:
            amount = _amount(kind, found)
            return Token("amount", start, end, amount=amount) if amount else None
        return Token("mask" if kind in _MASKS else kind, start, end)

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

    def _weighed(self, segment: str, tokens: list[Token]) -> Sequence[Token]:
        """Items told apart by the words about them, and marked where they are part of another thing's name."""
        done: list[Token] = []
        for index, token in enumerate(tokens):
            if token.kind != "item":
                done.append(token)
                continue
            before = segment[tokens[index - 1].end if index else 0 : token.start]
            after = segment[token.end : tokens[index + 1].start if index + 1 < len(tokens) else len(segment)]
            strange = self._strange(token, segment, before, after)
            if not strange and len(token.items) > 1:
                token = replace(token, items=self.menu.picked(token.items, before[-6:] + segment[token.start : token.end] + after[:6]))
            done.append(replace(token, strange=strange, items=() if strange else token.items))
        return done

    def _strange(self, token: Token, segment: str, before: str, after: str) -> str:
        """What the thing is really called: 苹果汁, 臭豆腐, 蒙牛牛奶 beside 伊利牛奶."""
        said = segment[token.start : token.end]
        if _SOLID.match(after):
            return said + after[:1]
        glued = _GLUED.search(before)
        if glued is None or _KIND.match(glued[0]) or words.FILLER.sub("", glued[0]) == "":
            return ""
        word = glued[0]
        names = [self.menu.articles[place].name for place in token.items]
        if any(char in name for name in names for char in word) and len(token.items) == 1:
            return ""
        if len(word) == 1:
            return word + said if word in "臭糯咸甜酸辣冻干黑紫黄绿羊驴马鹅鸭猪牛水" else ""
        whole = any(len(name) > len(said) for name in names)
        return word + said if whole and len(word) <= 3 and not words.PERSON.search(word) and before == word and token.start > len(word) else ""


_MASKS = frozenset(("phone", "money", "place", "pack", "time", "other"))


def _amount(kind: str, found: re.Match[str]) -> Amount | None:
    if kind == "vague":
        return VAGUE
    if kind == "rough":
        return Amount(None, rough=True)
    if kind == "liang":
        n = value_of(found["ln"])
        return Amount(n, "两") if n else None
    if kind == "pair":
        return Amount(value_of(found[0]))
    if kind == "bare":
        n = value_of(found["bn"])
        return Amount(n, bare=True) if n else None
    if found["n"] is None:
        n = value_of(found["wn"])
        return Amount(n, MISSPELT[found["wu"]]) if n else None
    n = value_of(found["n"])
    if not n:
        return None
    more = found["more"]
    if more == "半":
        n += Decimal("0.5")
    elif more:
        tenth = value_of(more[0]) or Decimal(0)
        n += tenth / (20 if found["u"].lower() in {"公斤", "kg", "千克"} else 10)
    unit = found["u"]
    return Amount(n, unit.lower() if unit.isascii() else unit)
