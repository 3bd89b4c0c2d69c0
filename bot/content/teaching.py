"""Sentences that teach: read with their places, from a table or from a workspace's files, and every fault told at once."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.documents import Document
from bot.content.explaining import nearest
from bot.content.gathering import Gathering
from bot.content.rows import LARGEST_TABLE
from bot.errors import Problem
from intents import normalize
from intents.recognizer import LONGEST
from intents.schema import TrainingFile, examples

COLUMNS = ("text", "label")
_SHOWN = 24
_FEW = 20
"""So many broken lines are told one by one; where there are more, the whole file is in another encoding."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A labelled sentence and where it stands."""

    file: str
    line: int | None
    text: str
    label: str

    def problem(self, reason: str) -> Problem:
        """A fault of this sentence."""
        return Problem(self.file, self.line, "", reason)

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Sentences:
    """What was read, what is wrong with it, and what should be known of it."""

    found: tuple[Sentence, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    """What is put right by itself, and told."""

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """(text, label), each once."""
        return distinct((one.text, one.label) for one in self.found)


def distinct(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each sentence once for each of its labels, in order: written twice it would be learnt and tested at the same time."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for text, label in pairs:
        seen.setdefault((_alike(text), label), (text, label))
    return tuple(seen.values())


def table(file: str, data: bytes, known: Collection[str] | None = None, *, teaches: bool = True) -> Sentences:
    """A TSV file with the header line text<Tab>label; ``known`` are the labels that may stand there, None lets all pass.

    ``teaches`` says that a model is to be made from it, for which there have to be enough sentences.
    """
    text, problems = _decoded(file, data)
    rows: list[Sentence] = []
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    header = [name.strip() for name in lines[0].split("\t")]
    problems += _header(file, header)
    places = [header.index(name) if name in header else at for at, name in enumerate(COLUMNS)]
    for number, line in enumerate(lines[1:], 2):
        if line.strip(" \t"):
            cells = line.split("\t")
            if fault := _shape(cells, places, header):
                problems.append(Problem(file, number, "", fault))
            else:
                rows.append(Sentence(file, number, cells[places[0]], cells[places[1]].strip()))
    return _examined(rows, problems, known, teaches=teaches)


def written(files: Mapping[str, bytes]) -> Sentences:
    """The sentences of a workspace's training files; what is wrong with the files themselves is left to ``read_files``."""
    gathering = Gathering(files)
    rows: list[Sentence] = []
    notes: list[Problem] = []
    for sheet in gathering.whole("training", TrainingFile):
        read = gathering.documents[sheet.file]
        rows += _placed(read, sheet.value)
        notes += _unread(read, sheet.value)
    checked = _examined(rows, [], None, teaches=bool(rows))
    return Sentences(checked.found, checked.problems, (*notes, *checked.notes))


def united(told: Sequence[Problem], found: Sequence[Problem]) -> list[Problem]:
    """Faults of ``read_files`` and of ``written``, each once: of two about one sentence the one that names both its places."""
    places = {(one.file, one.line) for one in found if "这里又是" in one.reason}
    rest = [one for one in told if not ("已经是" in one.reason and (one.file, one.line) in places)]
    return sorted(dict.fromkeys([*rest, *found]), key=lambda one: (one.file, one.line or 0, one.key))


def _decoded(file: str, data: bytes) -> tuple[str, list[Problem]]:
    """The text, with what could not be read left out of it."""
    if len(data) > LARGEST_TABLE:
        return "", [Problem(file, None, "", f"文件太大了，最多 {LARGEST_TABLE // 1_000_000} MB")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        broken = [] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else list(_broken(data))
        if not broken or len(broken) > _FEW or len(broken) == len([line for line in data.split(b"\n") if not line.isascii()]):
            reason = f"不是 UTF-8 编码{_looks_like(data)}，请另存为 UTF-8"
            return "\t".join(COLUMNS), [Problem(file, data.count(b"\n", 0, error.start) + 1, "", reason)]
        return data.decode("utf-8-sig", "ignore"), [
            Problem(file, number, "", "这一行有不是 UTF-8 编码的字，请重新输入") for number in broken
        ]


def _broken(data: bytes) -> Iterator[int]:
    """Lines that are no UTF-8."""
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield number


def _looks_like(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "（像是 UTF-16）"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "（像是 GBK，Excel 和记事本常这样存）"


def _header(file: str, header: Sequence[str]) -> Iterator[Problem]:
    missing = [name for name in COLUMNS if name not in header]
    if not any(header):
        yield Problem(file, 1, "", "第一行是空的，要写表头：text<Tab>label")
    elif len(header) == 1 and missing and ("," in header[0] or "，" in header[0]):
        yield Problem(file, 1, "", "要用 Tab 隔开，不是逗号；表头写成 text<Tab>label")
    elif len(missing) == len(COLUMNS):
        yield Problem(file, 1, "", f"第一行要写表头 text<Tab>label，现在写的是“{_short(' '.join(header))}”")
    else:
        for name in missing:
            close = nearest(name, header)
            yield Problem(file, 1, name, "表头里缺少这一列" + (f"，“{close}”是不是写错了？" if close else ""))
    for name in COLUMNS:
        if header.count(name) > 1:
            yield Problem(file, 1, name, "这一列写了两遍")


def _shape(cells: Sequence[str], places: Sequence[int], header: Sequence[str]) -> str:
    """What is wrong with the number of cells; empty where nothing is."""
    if len(cells) <= max(places):
        return f"这一行只有 {len(cells)} 格，要有 {max(places) + 1} 格，用 Tab 隔开"
    if len(cells) > max(len(header), len(COLUMNS)):
        return f"这一行有 {len(cells)} 格，表头只有 {len(header)} 格：句子里不能有 Tab"
    return ""


def _placed(read: Document, file: TrainingFile) -> Iterator[Sentence]:
    """Each sentence with its line; YAML knows only where a block begins, its lines are counted from there."""
    for number, block in enumerate(file.nlu):
        if block.intent is None:
            continue
        begins = read.line(("nlu", number, "examples"))
        for at, line in enumerate(block.examples.splitlines(), 1):
            one = TrainingFile(nlu=(block.model_copy(update={"examples": line}),))
            for example in examples(one):
                yield Sentence(read.file, None if begins is None else begins + at, example.text, example.intent)


def _unread(read: Document, file: TrainingFile) -> Iterator[Problem]:
    """Lines that nobody would learn from."""
    for number, block in enumerate(file.nlu):
        begins = read.line(("nlu", number, "examples"))
        for at, line in enumerate(block.examples.splitlines(), 1):
            if line.strip() and not line.strip().startswith(("-", "#")):
                place = None if begins is None else begins + at
                yield Problem(read.file, place, "", f"“{_short(line.strip())}”前面没有“- ”，这一行不会被学到")


def _examined(rows: Sequence[Sentence], problems: list[Problem], known: Collection[str] | None, *, teaches: bool) -> Sentences:
    """All that is wrong with single sentences, between them, and with all of them together."""
    sound: list[Sentence] = []
    for row in rows:
        faults = list(_faults(row, known))
        problems += (row.problem(reason) for reason in faults)
        sound += [] if faults else [row]
    clashes, notes = _twice(sound)
    problems += clashes
    if teaches and (rows or not problems):
        problems += _too_few(rows)
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line or 0))
    return Sentences(tuple(sound), tuple(ordered), tuple(notes))


def _faults(row: Sentence, known: Collection[str] | None) -> Iterator[str]:
    """What is wrong with one sentence."""
    text = row.text.strip()
    if not text or (not any(map(str.isalnum, text)) and not normalize(text).text):
        yield "句子是空的"
    if not row.label:
        yield "没有写意图（label 这一格是空的）"
    elif known is not None and row.label not in known:
        close = nearest(row.label, sorted(known))
        yield f"程序里没有这个意图：{_short(row.label)}" + (f"，是不是想写 {close}？" if close else "")
    if len(text) > LONGEST:
        yield f"句子有 {len(text)} 个字，最多 {LONGEST} 个：是不是漏了换行？"
    if odd := sorted({f"U+{ord(one):04X}" for one in row.text + row.label if unicodedata.category(one) == "Cc"}):
        yield f"有看不见的控制字符 {'、'.join(odd)}，请删掉"
    if "\ufffd" in row.text:
        yield "有乱码（�），原来的字已经丢了，请重新输入"


def _twice(rows: Sequence[Sentence]) -> tuple[list[Problem], list[Problem]]:
    """Sentences with two labels, and sentences that stand twice with one."""
    home: dict[str, Sentence] = {}
    clashes, repeats = [], []
    for row in rows:
        first = home.setdefault(_alike(row.text), row)
        if first.label != row.label:
            reason = f"“{_short(row.text)}”在 {first.place} 是 {first.label}，这里又是 {row.label}：一句话只能有一个意图"
            clashes.append(row.problem(reason))
        elif first is not row:
            repeats.append(row.problem(f"“{_short(row.text)}”和 {first.place} 重复，只学一遍"))
    return clashes, repeats


def _too_few(rows: Sequence[Sentence]) -> Iterator[Problem]:
    """Why so few sentences cannot teach."""
    if not rows:
        yield Problem("训练数据", None, "", "一条例句也没有")
        return
    counts = Counter(label for _, label in distinct((row.text, row.label) for row in rows if row.label))
    if len(counts) == 1:
        yield Problem(rows[0].file, None, "", f"只有一个意图（{next(iter(counts))}），至少要有两个")
    for row in {row.label: row for row in reversed(rows)}.values():
        if counts[row.label] == 1:
            yield row.problem(f"意图 {_short(row.label)} 只有这一条例句，至少要有两条")


def _alike(text: str) -> str:
    """What two ways of writing the same sentence have in common: width, case and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
