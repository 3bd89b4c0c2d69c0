"""Which amount belongs to which article, and what is to happen with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from intents.orders import words
from intents.orders.act import Act
from intents.orders.amounts import VAGUE, Amount
from intents.orders.scanning import Token

_NOUN = 6
"""Characters of a thing's name at most."""
_GIVEN_UP = re.compile(r"算了[吧啦哈]?$")


@dataclass(slots=True)
class _Pairs:
    """A segment on its way."""

    entry: bool
    mode: str = "put"
    acts: list[Act] = field(default_factory=list)
    loose: Amount | None = None
    """An amount whose article is still to come."""
    open: int | None = None
    """The act whose amount is still to come."""
    amount_first: bool = False
    noun: str = ""
    """What is named before that amount, where the menu does not know it."""
    each: bool = False
    only: bool = False

    def item(self, token: Token) -> None:
        amount = self.loose
        if amount is not None and not self.acts:
            self.amount_first = True
        self.loose, self.noun = None, ""
        self.acts.append(Act(self.mode, token.items, amount, token.strange, only=self.only))
        self.open = len(self.acts) - 1 if amount is None else None
        if amount is not None:
            self._finish()

    def number(self, amount: Amount) -> None:
        if self.each:
            self.acts = [replace(act, amount=amount) if act.amount is None else act for act in self.acts]
            self.acts = [one for act in self.acts for one in _split(act)]
            self.each, self.open = False, None
        elif self.open is not None:
            kind = self.mode if self.mode != "put" else self.acts[self.open].kind
            self.acts[self.open] = replace(self.acts[self.open], amount=amount, kind=kind)
            self.open = None
            self._finish()
        else:
            self.flush()
            self.loose = amount

    def turn(self, kind: str) -> None:
        """A word that says what is done with what follows."""
        if kind == "each":
            self.each = True
        elif kind == "only":
            self.flush()
            self.only = True
        elif kind in {"add", "set", "less", "swap"}:
            self.flush()
            self.mode = "set" if kind == "swap" else kind

    def flush(self) -> None:
        """An amount that no article follows stands alone."""
        if self.loose is not None:
            self.acts.append(Act(self.mode, (), self.loose, self.noun))
            self.loose, self.noun = None, ""

    def _finish(self) -> None:
        if self.mode in {"less", "set"}:
            self.mode = "put"


def acts_of(segment: str, tokens: Sequence[Token], before: list[Act], entry: bool) -> Sequence[Act]:
    """The acts of a segment that names articles, or ends what ``before`` left open; ``before`` may be amended."""
    items = [token for token in tokens if token.kind == "item"]
    kinds = {token.kind for token in tokens}
    if "swap" in kinds and (swapped := _swap(tokens, before)) is not None:
        return swapped
    if (gone := _taken_out(segment, tokens, before, entry)) is not None:
        return gone
    if not items:
        return _continued(tokens, before, entry)
    found = _paired(segment, tokens, entry)
    if "each" in kinds:
        _shared(tokens, before)
    return [act for act in found if entry or act.items or act.strange]


def _taken_out(segment: str, tokens: Sequence[Token], before: list[Act], entry: bool) -> Sequence[Act] | None:
    """The acts of a segment that takes something out; None where it does not."""
    items = [token for token in tokens if token.kind == "item"]
    kinds = {token.kind for token in tokens}
    if kinds & {"cancel", "refuse"} and not items and words.OTHERS.search(segment):
        return [Act("rest")]
    if kinds & {"cancel", "refuse"} and (turn := _turn(tokens)):
        head = acts_of(segment[: tokens[turn].start], tokens[:turn], before, entry)
        return [*head, *acts_of(segment, tokens[turn:], before, entry)]
    if "cancel" in kinds or (items and "amount" not in kinds and _GIVEN_UP.search(segment)):
        return _cancelled(tokens, items)
    return _refused(segment, tokens, before, entry) if "refuse" in kinds else None


def _turn(tokens: Sequence[Token]) -> int:
    """Where somebody who takes one article out begins to order another (不要玫瑰了要桔梗一束); 0 where nobody does."""
    kinds = [token.kind for token in tokens]
    gone = min(kinds.index(kind) for kind in ("cancel", "refuse") if kind in kinds)
    for place in range(gone + 1, len(kinds)):
        if kinds[place] in {"want", "add"} and "item" in kinds[:place] and "item" in kinds[place:]:
            return place
        if "item" in kinds[:gone] and kinds[place : place + 2] == ["item", "amount"]:
            return place
    return 0


def _refused(segment: str, tokens: Sequence[Token], before: list[Act], entry: bool) -> Sequence[Act]:
    """不要梨, 梨不要, 草莓不要两盒了; what is said before it stands."""
    items = [token for token in tokens if token.kind == "item"]
    after = next(token.start for token in tokens if token.kind == "refuse")
    last = tokens[-1]
    if items and items[-1].start < after:
        if last.kind == "refuse" and not words.FILLER.sub("", segment[last.end :]):
            return _cancelled(tokens, items)
        if last.kind == "amount" and last.start > after:
            return [Act("less", items[-1].items, last.amount)]
    gone = [Act("cancel", token.items) for token in items if token.start >= after and token.items]
    return [*acts_of(segment, [token for token in tokens if token.start < after], before, entry), *gone]


def _shared(tokens: Sequence[Token], before: list[Act]) -> None:
    """各两斤: the amount is also that of articles named before without one."""
    told = next((token.amount for token in tokens if token.kind == "amount"), None)
    for place, act in enumerate(before):
        if told is not None and act.amount is None and act.items and act.kind in {"put", "add"}:
            before[place] = replace(act, amount=told)


def _paired(segment: str, tokens: Sequence[Token], entry: bool) -> Sequence[Act]:
    pairs = _Pairs(entry)
    for index, token in enumerate(tokens):
        if token.kind == "item":
            if pairs.loose is not None and _belongs_right(tokens, index, bool(pairs.noun)):
                pairs.flush()
            pairs.item(token)
        elif token.kind == "amount" and _near(segment, tokens, index):
            if pairs.amount_first and index + 1 < len(tokens) and tokens[index + 1].kind == "item":
                pairs.open = None
            pairs.number(token.amount)
            pairs.noun = "" if entry or pairs.loose is None else _noun(segment, tokens, index)
        else:
            pairs.turn(token.kind)
    pairs.flush()
    if entry:
        return pairs.acts
    last = tokens[-1]
    if words.TOO_MUCH.search(segment[last.start if last.kind == "set" else last.end :]) and pairs.acts and pairs.acts[-1].amount:
        pairs.acts[-1] = replace(pairs.acts[-1], kind="set", amount=None)
    if pairs.open is not None and pairs.mode == "less":
        pairs.acts[pairs.open] = replace(pairs.acts[pairs.open], kind="less")
    wants = any(token.kind in {"want", "add"} for token in tokens)
    rest = _rest(segment, tokens)
    if pairs.open is not None and pairs.mode == "add" and "加个" in segment:
        pairs.acts[pairs.open] = replace(pairs.acts[pairs.open], amount=Amount(Decimal(1)))
    return [act for act in pairs.acts if act.amount is not None or act.kind == "set" or wants or not rest]


def _noun(segment: str, tokens: Sequence[Token], index: int) -> str:
    """The thing that is named right before an amount and is not on the menu (榴莲2斤冬枣3斤)."""
    before = segment[tokens[index - 1].end if index else 0 : tokens[index].start]
    noun = words.FILLER.sub("", words.PERSON.sub("", before))
    return noun if before.endswith(noun) and 2 <= len(noun) <= _NOUN else ""


def _belongs_right(tokens: Sequence[Token], index: int, named: bool) -> bool:
    """Whether an article between two amounts goes with the later one: 短袖1件 帆布鞋1双, 榴莲2斤冬枣3斤."""
    if index + 1 >= len(tokens) or tokens[index + 1].kind != "amount" or index == 0:
        return False
    token, later = tokens[index], tokens[index + 1]
    follows = index + 2 < len(tokens) and tokens[index + 2].kind == "item"
    left, right = token.start - tokens[index - 1].end, later.start - token.end
    return not follows and (right < left or (named and right == left))


def _near(segment: str, tokens: Sequence[Token], index: int) -> bool:
    """Whether a bare number stands right beside an article, and a loose word like 很多 where something is wanted."""
    token = tokens[index]
    told = segment[token.start : token.end]
    beside = index > 0 and tokens[index - 1].kind == "item" and not segment[tokens[index - 1].end : token.start].strip()
    if token.amount == VAGUE and told in {"若干", "少许", "适量"} and beside:
        return True
    if token.amount == VAGUE and told in {"一些", "一点", "好多", "很多", "不少", "若干", "少许", "适量"}:
        return any(one.kind in {"want", "add"} for one in tokens)
    if not token.amount.bare:
        return True
    last = tokens[index - 1] if index else None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if last is not None and last.kind in {"item", "add", "set", "swap", "less", "each", "want"}:
        return len(segment[last.end : token.start].strip(" :-+x*")) == 0
    return following is not None and following.kind == "item" and not segment[token.end : following.start].strip()


def _continued(tokens: Sequence[Token], before: list[Act], entry: bool) -> Sequence[Act]:
    """Amounts alone: for what earlier segments left open (抽纸，两提), else, in a list, for its main article."""
    amounts = [token.amount for token in tokens if token.kind == "amount"]
    if not amounts:
        return ()
    waiting = [
        place
        for place, act in enumerate(before)
        if act.amount is None and (act.items or act.strange) and act.kind in {"put", "add", "set"}
    ]
    more = next((token.kind for token in tokens if token.kind in {"add", "set", "less"}), None)
    each = any(token.kind == "each" for token in tokens)
    if waiting:
        for place in waiting if each else waiting[-1:]:
            kind = more if more and before[place].kind in {"put", "set"} else before[place].kind
            before[place] = replace(before[place], amount=amounts[0], kind=kind)
        return ()
    if not entry:
        return ()
    pairs = _Pairs(entry)
    for token in tokens:
        if token.kind == "amount":
            pairs.number(token.amount)
        else:
            pairs.turn(token.kind)
    pairs.flush()
    return pairs.acts


def _swap(tokens: Sequence[Token], before: list[Act]) -> Sequence[Act] | None:
    """苹果换成两斤梨; None where nothing on the right is another article."""
    place = next(index for index, token in enumerate(tokens) if token.kind == "swap")
    left, right = tokens[:place], tokens[place + 1 :]
    named = [token for token in left if token.kind == "item" and (token.items or token.strange)]
    target = [token for token in right if token.kind == "item" and (token.items or token.strange)]
    amount = next((token.amount for token in right if token.kind == "amount"), None)
    held = next((token.amount for token in left if token.kind == "amount"), None)
    if target and not target[0].strange and (not named or named[-1].items != target[0].items):
        items = named[-1].items if named else ()
        if not named and before and before[-1].kind in {"put", "cancel"} and before[-1].items:
            old = before.pop()
            items, held = old.items, old.amount
        return [Act("swap", items, held, target=target[0].items, target_amount=amount)]
    if target and target[0].strange:
        return [Act("put", (), amount, target[0].strange)]
    if amount is not None and (named or target):
        return [Act("set", (named or target)[-1].items, amount)]
    if amount is not None and before and before[-1].kind in {"put", "add"} and before[-1].items:
        before[-1] = replace(before[-1], kind="set", amount=amount)
        return []
    return None


def _cancelled(tokens: Sequence[Token], items: Sequence[Token]) -> Sequence[Act]:
    """Each article named, as much as is named of it; without any the last amount, or all there is."""
    if items:
        found = []
        for token in items:
            index = tokens.index(token)
            gone = next((place for place, one in enumerate(tokens) if one.kind == "cancel"), index)
            near = (*tokens[gone + 1 : gone + 2], *tokens[index + 1 : index + 2], *tokens[max(0, index - 1) : index])
            beside = [one for one in near if one.kind == "amount"]
            amount = beside[0].amount if beside and beside[0].amount.n is not None else None
            if token.items:
                found.append(Act("less" if amount else "cancel", token.items, amount))
        return found
    amount = next((token.amount for token in tokens if token.kind == "amount" and token.amount.n is not None), None)
    return [Act("less" if amount else "cancel", (), amount)]


def _split(act: Act) -> Sequence[Act]:
    """两种饺子各一袋: one act for each article that fits."""
    return [replace(act, items=(place,)) for place in act.items] if len(act.items) > 1 else [act]


def _rest(segment: str, tokens: Sequence[Token]) -> str:
    """What a segment says beside its articles, without small words."""
    for token in reversed(tokens):
        if token.kind == "item" or (token.kind == "mask" and segment[token.end :].startswith("的")):
            segment = segment[: token.start] + segment[token.end :]
    return words.FILLER.sub("", segment)
