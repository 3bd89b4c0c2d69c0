"""Faults that no file shows alone: what ops wrote in one place against what they wrote in another, and what the code can do."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import intents.schema
import knowledge.schema
import recommender
import scripts
from bot.brand import Brand, StaffFile
from bot.content import checks_groups, checks_service
from bot.content.dialogues import Step
from bot.content.gathering import Gathering, Sheet
from bot.errors import Problem
from intents import LABELS, normalize
from intents.schema import SpellingsFile, TrainingFile
from knowledge.schema import EntryFile, EntryText
from recommender import Placed, Product, RuleRow, TagsFile
from scripts import Finding, PostRow, ScriptFile, findings

_PLACE = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_QUOTED = re.compile(r"“([^”]+)”已经是")


@dataclass(frozen=True, slots=True)
class Parts:
    """All valid parts of a workspace, each with its place."""

    brand: Brand
    staff: Sheet[StaffFile] | None
    training: Sequence[Sheet[TrainingFile]]
    spellings: Sequence[Sheet[SpellingsFile]]
    entries: Sequence[Sheet[EntryText]]
    products: Sequence[Placed[Product]]
    tags: Sheet[TagsFile] | None
    rules: Sequence[Sheet[RuleRow]]
    scripts: Sequence[Sheet[ScriptFile]]
    posts: Sequence[Sheet[PostRow]]
    dialogues: Sequence[Sheet[Step]]

    @property
    def stores(self) -> frozenset[str] | None:
        """Ids of the stores; None where no file names any, so that they are not checked."""
        return None if self.staff is None else frozenset(store.id for store in self.staff.value.stores)


def cross_check(gathering: Gathering, parts: Parts, changed: Collection[str] | None = None) -> None:
    """Add every fault between the parts; ``changed`` (kinds of files): the two long ones rest beside what was sound."""
    long: Mapping[object, set[str]] = {_training: {"training", "spellings"}, _entries: {"entries"}}
    for check in (_training, _staff, _entries, _audiences, _catalogue, _scripts, _groups, _dialogues):
        if changed is None or check not in long or long[check].intersection(changed):
            check(gathering, parts)


def catalogue_faults(products: Sequence[Placed[Product]]) -> Iterator[tuple[str, str, str]]:
    """Faults of a product table that stands alone: (file, place, reason)."""
    return recommender.disagreements(products, (), ())


def _training(gathering: Gathering, parts: Parts) -> None:
    training = {sheet.file: sheet.value for sheet in parts.training}
    spellings = {sheet.file: sheet.value for sheet in parts.spellings}
    for file, path, reason in intents.schema.disagreements(training, spellings, strict=True):
        read = gathering.documents[file]
        quoted = _QUOTED.match(reason)
        line = _line_of(gathering.files[file], quoted[1], read.line(path) or 1) if quoted else None
        found = read.problem(path, reason)
        gathering.problems.append(replace(found, line=line) if line else found)


def _line_of(data: bytes, sentence: str, after: int) -> int | None:
    """The line of an example inside its block, for which YAML knows only the line where the block begins."""
    lines = data.decode("utf-8-sig").splitlines()
    return next((n for n, line in enumerate(lines[after:], after + 1) if line.strip().lstrip("-").strip() == sentence), None)


def _staff(gathering: Gathering, parts: Parts) -> None:
    if parts.staff is None:
        return
    file, staff = parts.staff.file, parts.staff.value
    for kind, named in (("stores", staff.stores), ("guides", staff.guides)):
        for n, id_, first in _doubles([one.id for one in named]):
            gathering.add(file, (kind, n, "id"), f"编号“{id_}”和第 {first + 1} 个重复")
    for n, userid, first in _doubles([guide.wecom_userid for guide in staff.guides]):
        reason = f"企业微信账号“{userid}”已经是 {staff.guides[first].name} 的，一个账号只能给一个人"
        gathering.add(file, ("guides", n, "wecom_userid"), reason)
    for n, guide in enumerate(staff.guides):
        if guide.store and guide.store not in (parts.stores or ()):
            gathering.add(file, ("guides", n, "store"), _no_store(guide.store, parts.stores or ()))
    kinds = () if parts.tags is None else tuple(parts.tags.value.tags)
    for where, place, reason in checks_service.faults(parts.brand, staff, kinds, file):
        gathering.add(where, place, reason)


def _doubles(values: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """(place, value, first place) of everything that stands a second time; empty values do not count."""
    first: dict[str, int] = {}
    for place, value in enumerate(values):
        if value and first.setdefault(value, place) != place:
            yield place, value, first[value]


def _no_store(store: str, stores: Collection[str]) -> str:
    return f"没有门店“{store}”，guides.yml 里有：{'、'.join(sorted(stores)) or '一个也没有'}"


def _entries(gathering: Gathering, parts: Parts) -> None:
    by_file: dict[str, list[Sheet[EntryText]]] = {}
    for sheet in parts.entries:
        by_file.setdefault(sheet.file, []).append(sheet)
    files = {file: EntryFile(root=tuple(one.value for one in sheets)) for file, sheets in by_file.items()}
    for file, place, reason in knowledge.schema.disagreements(files, lambda text: normalize(text).text):
        path = tuple(int(number) if number else name for number, name in _PLACE.findall(place))
        # places count valid entries only; an invalid one before them stands in the file all the same
        path = (*by_file[file][int(path[0])].path, *path[1:])
        if str(gathering.at(file, path)) not in gathering.broken:
            gathering.add(file, path, reason)


def _audiences(gathering: Gathering, parts: Parts) -> None:
    """Stores and tags that audiences name, in entries and in scripts."""
    for sheet in parts.entries:
        whom = sheet.value.audience
        _audience(gathering, parts, (sheet.file, (*sheet.path, "audience")), (whom.stores, whom.tags))
    for one in parts.scripts:
        for n, variant in enumerate(one.value.variants):
            told = variant.audience
            _audience(gathering, parts, (one.file, ("variants", n, "audience")), (told.stores, told.tags))
    files = [(sheet.file, sheet.value) for sheet in parts.scripts]
    staff = parts.staff.value if parts.staff else StaffFile()
    regions = {name for store in staff.stores for name in (store.region, store.city) if name}
    guides = {guide.id for guide in staff.guides}
    _scopes(gathering, parts, {"区域": regions, "店": {store.id for store in staff.stores}, "个人": guides})
    for file, path, reason in (
        *scripts.scope_faults(files, parts.stores, regions, guides),
        *scripts.attachment_faults(files, _goods(gathering, parts)),
    ):
        gathering.add(file, path, reason)


def _scopes(gathering: Gathering, parts: Parts, there: Mapping[str, Collection[str]]) -> None:
    """Regions, stores and guides that scopes of entries name."""
    for sheet in parts.entries if parts.staff else ():
        scope = sheet.value.scope
        if scope and scope.level in there and scope.of not in there[scope.level]:
            names = "、".join(sorted(there[scope.level])) or "一个也没有"
            gathering.add(sheet.file, (*sheet.path, "scope", "of"), f"没有“{scope.of}”，guides.yml 里有：{names}")


def _goods(gathering: Gathering, parts: Parts) -> scripts.Goods:
    """What attachments of scripts may name; a product that is written and not valid exists all the same."""
    skus = {one.value.sku for one in parts.products} | gathering.broken if gathering.paths("products") else None
    staff = parts.staff.value if parts.staff else None
    coupons = None if staff is None else {one.id: one.coupon.id if one.coupon else "" for one in staff.stores}
    return scripts.Goods(skus, coupons)


_At = tuple[str, tuple[str | int, ...]]


def _audience(gathering: Gathering, parts: Parts, at: _At, whom: tuple[Sequence[str], Mapping[str, Sequence[str]]]) -> None:
    (file, path), (stores, tags) = at, whom
    for n, store in enumerate(stores):
        if parts.stores is not None and store not in parts.stores:
            gathering.add(file, (*path, "stores", n), _no_store(store, parts.stores))
    kinds = parts.tags.value.tags if parts.tags else None
    for name, values in tags.items():
        if kinds is not None and name not in kinds:
            gathering.add(file, (*path, "tags", name), f"tags.yml 里没有标签“{name}”，有：{'、'.join(kinds)}")
        elif kinds is not None and kinds[name].values:
            for n, value in enumerate(values):
                if value not in kinds[name].values:
                    gathering.add(
                        file, (*path, "tags", name, n), f"标签“{name}”没有“{value}”，有：{'、'.join(kinds[name].values)}"
                    )


def _catalogue(gathering: Gathering, parts: Parts) -> None:
    kinds = parts.tags.value.kinds() if parts.tags else ()
    placed = [Placed(rule.file, f"第{int(rule.path[0]) + 1}条", rule.value.rule()) for rule in parts.rules]
    products = parts.products
    if not gathering.paths("products"):
        # rules may stand in a workspace whose products come from elsewhere
        products = [_stand_in(sku) for sku in sorted({sku for rule in placed for sku in _skus(rule.value)})]
    for file, place, reason in recommender.disagreements(products, kinds, placed, parts.stores):
        where, _, key = place.partition(".")
        number = int(where.strip("第行条"))
        if where.endswith("行"):
            gathering.problems.append(Problem(file, number, key.replace(".", " › ", 1), reason))
        elif not any(sku and f"没有商品 {sku}" == reason for sku in gathering.broken):
            gathering.add(file, (number - 1, *(key.split(".", 1) if key else ())), reason)


def _skus(rule: recommender.Rule) -> Iterable[str]:
    return (*rule.pin, *rule.block.sku, *rule.boost.sku)


def _stand_in(sku: str) -> Placed[Product]:
    return Placed("", "第0行", Product(sku, sku))


def _scripts(gathering: Gathering, parts: Parts) -> None:
    files = [(sheet.file, sheet.value) for sheet in parts.scripts]
    offered, always = _facts()
    coded = {name: offered.get(name, frozenset()) | more for name, more in checks_groups.facts(parts.brand).items()}
    for file, path, reason in scripts.disagreements(files, {**offered, **coded}, always):
        # a script that is written and not valid may be extended all the same
        if path != ("extends",) or str(gathering.at(file, path)) not in gathering.broken:
            gathering.add(file, path, reason)


def _groups(gathering: Gathering, parts: Parts) -> None:
    from bot.handlers.wording import BUILT_IN  # noqa: PLC0415  (see _facts)

    said = checks_groups.Said.of(BUILT_IN, [sheet.value for sheet in parts.scripts], _facts()[1], gathering.broken)
    posts = [(sheet.file, int(sheet.path[0]), sheet.value) for sheet in parts.posts]
    for file, path, reason in checks_groups.faults(parts.brand, parts.stores, posts, said):
        gathering.add(file, path, reason)


def _facts() -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """The facts that handlers offer; imported late, because handlers stand above values and beside content."""
    from bot.handlers.table import ALWAYS, OFFERED  # noqa: PLC0415  (loads every handler: filters without scripts never need it)

    return OFFERED, ALWAYS


def _dialogues(gathering: Gathering, parts: Parts) -> None:
    if not parts.dialogues:
        return
    known = _Known.of(parts, gathering.broken)
    for sheet in parts.dialogues:
        for key, reason in known.faults(sheet.value):
            gathering.add(sheet.file, (*sheet.path, key), reason)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a dialogue may name."""

    intents: Collection[str]
    entries: Collection[str]
    scripts: Collection[str]
    goods: Collection[str]

    @classmethod
    def of(cls, parts: Parts, broken: Collection[str]) -> "_Known":
        from bot.handlers.wording import BUILT_IN  # noqa: PLC0415  (see _facts)

        said = {one.id for one in BUILT_IN} | {sheet.value.id for sheet in parts.scripts}
        goods = {name for one in parts.products for name in (one.value.sku, one.value.category)}
        entries = {sheet.value.id for sheet in parts.entries}
        return cls(frozenset(LABELS), entries | set(broken), said | set(broken), goods | set(broken))

    def faults(self, step: Step) -> Iterator[tuple[str, str]]:
        """(key, reason) of everything that does not exist."""
        if step.intent is not None and step.intent not in self.intents:
            yield "intent", f"程序里没有意图“{step.intent}”"
        if step.entry is not None and step.entry not in self.entries:
            yield "entry", f"知识库里没有“{step.entry}”"
        if step.script is not None and step.script not in self.scripts:
            yield "script", f"没有话术“{step.script}”"
        for name in step.shown:
            if name not in self.goods:
                yield "suggests", f"商品表里没有货号或品类“{name}”"


def offending(gathering: Gathering, parts: Parts) -> Iterator[Problem]:
    """Words in scripts and answers that the law forbids: told, and left to a person to judge; not again of a file that stayed.

    What else lint finds needs the day and the whole content (``bot.content.linting``).
    """
    for sheet in parts.scripts:
        for n, variant in enumerate(sheet.value.variants):
            yield from _unlawful(gathering, (sheet.file, ("variants", n, "text")), variant.text)
    for post in parts.posts:
        yield from _unlawful(gathering, (post.file, (*post.path, "text")), post.value.text)
    for one in parts.entries:
        for key, text in (("answer", one.value.answer), ("short", one.value.short or "")):
            yield from _unlawful(gathering, (one.file, (*one.path, key)), text)


def _unlawful(gathering: Gathering, at: _At, text: str) -> Iterator[Problem]:
    file, path = at
    for found in () if file in gathering.kept else dict.fromkeys(findings(text)):
        yield gathering.documents[file].problem(path, _warning(found))


def _warning(found: Finding) -> str:
    return f"“{found.words}”：{found.why}。{found.way_out}"
