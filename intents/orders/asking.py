"""What to ask about words that make no line, as people in a shop ask."""

from collections.abc import Iterable, Mapping, Sequence

from intents.orders.book import Pending
from intents.orders.menu import Menu
from intents.orders.model import Unresolved

_MOST = 4


def questions(pending: Mapping[str, Iterable[Pending]], menu: Menu) -> Mapping[str, Sequence[Unresolved]]:
    """One question for each unclear message, by its id."""
    by_message: dict[str, list[tuple[str, Pending]]] = {}
    for sender, waiting in pending.items():
        for one in waiting:
            by_message.setdefault(one.message, []).append((sender, one))
    return {message: (_united(message, found, menu),) for message, found in by_message.items()}


def _united(message: str, found: Sequence[tuple[str, Pending]], menu: Menu) -> Unresolved:
    text = "，".join(dict.fromkeys(one.text for _, one in found))
    asked = list(dict.fromkeys(question(one, menu) for _, one in found))
    sender = found[0][0]
    return Unresolved(message, text, f"{sender}，" + " ".join(asked), sender)


def question(pending: Pending, menu: Menu) -> str:
    """The question that clears it."""
    names = [menu.articles[place].name for place in pending.items]
    unit = menu.articles[pending.items[0]].unit if pending.items else ""
    one, listed = (names[0] if names else ""), "还是".join(names[:_MOST])
    if len(names) > 1 and pending.why not in {"usual", "unknown"}:
        return f"您要的是{listed}？" if pending.why == "choice" else f"您要的是{listed}，各要多少？"
    told = {
        "amount": f"{one}要多少{unit}？" if one else "您想要哪一样、要多少？",
        "range": f"{one}具体要多少{unit}，定个数好吗？" if one else "具体要多少，定个数好吗？",
        "unit": f"{one}是按{unit}卖的，您要多少{unit}？",
        "unknown": f"{pending.strange}这次没有，您看要不要换菜单上别的？",
        "condition": f"{one}您定下来要吗，要多少{unit}？" if one else "您定下来要吗，要多少？",
        "usual": "老样子是哪几样、各要多少？发我一下，怕记错。",
        "reference": "您要的是哪一样、要多少？",
        "choice": "您要的是哪一样？",
    }
    return told[pending.why]
