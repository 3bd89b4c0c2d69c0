"""The one pattern of all that is no article's name: amounts, words of ordering, and what only looks like a quantity."""

import re
from functools import lru_cache

from intents.orders import words
from intents.orders.amounts import MISSPELT, UNITS, unit_pattern
from intents.orders.written import MONEY, NUMBER, OTHER, PHONE, PLACE, TIME

VEILS = ("\ue000", "\ue001")
"""What stands in the place of articles while the other tokens are sought."""


@lru_cache(maxsize=64)
def token_pattern(more: frozenset[str]) -> re.Pattern[str]:
    """All tokens for the usual measure words and ``more``; articles are hidden behind private characters."""
    unit = unit_pattern(more)
    han, single = r"[\u4e00-\u9fff]", "".join(sorted(one for one in {*UNITS, *more} if len(one) == 1))
    typed = "".join(MISSPELT)
    whole = rf"整(?={han}(?![卖的装起出发]))"
    many = r"(?<![第每\d.])"
    rough = (
        rf"{many}(?:{NUMBER} ?(?:-|~|—|到|至|或者?) ?{NUMBER} ?{unit}|[一二两三四五六七八九][二两三四五六七八九](?![十百]) "
        rf"?{unit}"
        rf"|(?:[一二三四五六七八九]?十|\d+)(?:来|几|多) ?{unit}|(?:好|十)?几 ?{unit}|(?:大概|大约|差不多"
        rf"|约|可能) ?{NUMBER} ?{unit}"
        rf"|{NUMBER} ?{han} ?{NUMBER} ?{han}(?:都[行可]|也[行可]|随便)"
        rf"|{NUMBER} ?{unit}(?:多(?!少)|左右|上下|出头| ?(?:到|~|-|或者?|还是) ?{NUMBER} ?{unit}))"
    )
    pack = (
        rf"(?:一|1|每) ?{unit} ?\d+ ?{unit}(?:的|装)|{NUMBER} ?(?:(?:{han}|公斤|千克|毫升|k?g|m?l) ?装|{unit} ?/ ?{unit})"
        rf"|\d+(?:ml|g|kg|L)(?:[*x]\d+)?(?![A-Za-z])|{NUMBER} ?{han}(?:以上|以下|以内|起[送发步订批])"
    )
    price = rf"(?: ?(?:/|每|一) ?{unit}| ?\d+ ?{unit})?"
    yuan = r"[¥￥]?\d+(?:\.\d+)?(?:元|块钱?)"
    parts = {
        "item": f"{VEILS[0]}+|{VEILS[1]}+",
        "phone": PHONE,
        "money": "\ue002+|"
        + MONEY.replace("{per}", price)
        + rf"|(?:每|/) ?{unit} ?(?:只要|才)?{yuan}|(?:一|1) ?{unit} ?{yuan}(?=[的太好有怎贵])",
        "place": PLACE,
        "cancel": words.CANCEL,
        "set": words.SET,
        "refuse": words.REFUSE,
        "each": words.EACH,
        "vague": words.VAGUE,
        "rough": rough,
        "pack": pack,
        "liang": rf"{many}(?P<ln>[\d一二三四五六七八九半]{{1,3}})两(?!\d)",
        "amount": (
            rf"{many}(?:[xX*] ?)?(?P<n>{NUMBER}|俩|仨|{whole}) ?(?P<u>{unit})(?P<more>半(?!价|{unit})|[一二三四五六七八九\d]两)?"
            rf"|(?<=[来要加拿带买订少减退])(?P<ou>{unit})(?=[{''.join(VEILS)}])"
            rf"|(?<=[来加])(?P<oe>[{single}])(?=$|[ ,;])"
            rf"|(?P<wn>{NUMBER}) ?(?P<wu>[{typed}])(?=$|[ ,;(){''.join(VEILS)}])"
        ),
        "pair": r"(?:俩|仨)(?!人|娃|孩|口)",
        "time": TIME,
        "other": OTHER,
        "only": words.ONLY,
        "less": words.LESS,
        "swap": words.SWAP,
        "add": words.ADD,
        "bare": (
            rf"{many}(?:[xX*] ?)?(?P<bn>\d{{1,4}}|[一二两三四五六七八九十]{{1,2}}(?=$|[ ,;)+]))"
            r"(?![\d.:%A-Za-z元块的]| ?[-/]\d)"
        ),
        "want": words.WANT,
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items()), re.IGNORECASE)
