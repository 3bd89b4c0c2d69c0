"""Edited example sentences in Rasa's training files: lines come and go, everything else stays."""

from collections.abc import Sequence

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from bot.content.items import Edit, Json, examples, items_of
from bot.content.splicing import Patch, composed, patched

_NEW = 'version: "3.1"\nnlu:\n'


def training_with(path: str, data: bytes | None, edits: Sequence[Edit]) -> bytes | None:
    """The file with each intent's sentences as edited; None where none is left.

    A sentence that stays keeps its line; a new one goes to the end of the intent's last block.
    """
    text = data.decode("utf-8-sig") if data is not None else _NEW
    lines = text.splitlines()
    root = composed(text)
    patches: list[Patch] = []
    added: list[str] = []
    for edit in edits:
        wanted = sentences(edit)
        blocks = _blocks(root, edit.key.id)
        missing = list(wanted)
        for n, (block, first, last) in enumerate(blocks):
            kept = [line for line in lines[first:last] if _sentence(line) is None or _sentence(line) in wanted]
            present = {_sentence(line) for line in lines[first:last]}
            missing = [one for one in missing if one not in present]
            if n == len(blocks) - 1:
                kept = _with_more(kept, missing, block)
                missing = []
            if edit.value is None or not any(_sentence(line) for line in kept):
                patches.append(_without(lines, root, edit.key.id, n))
            elif kept != lines[first:last]:
                patches.append(Patch(first, last, tuple(kept)))
        if not blocks and wanted:
            added += [f"  - intent: {edit.key.id}", "    examples: |", *(f"      - {one}" for one in wanted)]
    found = [*patched(lines, patches), *added]
    done = ("\n".join(found).rstrip("\n") + "\n").encode()
    return done if items_of(path, done) else None


def sentences(edit: Edit) -> dict[str, None]:
    """The sentences that an intent has after an edit, in their order, each once."""
    told: Json = None if edit.value is None else edit.value.get("examples")
    listed = told if isinstance(told, Sequence) and not isinstance(told, str) else ()
    flat = (" ".join(str(one).splitlines()).strip() for one in listed)
    return dict.fromkeys(one for one in flat if one)


def _sentence(line: str) -> str | None:
    found = examples(line)
    return found[0] if found else None


def _with_more(kept: Sequence[str], more: Sequence[str], column: int) -> list[str]:
    """New sentences behind the last one that stays."""
    at = max((n for n, line in enumerate(kept) if _sentence(line)), default=-1) + 1
    return [*kept[:at], *(" " * column + f"- {one}" for one in more), *kept[at:]]


def _nlu(root: object) -> Sequence[MappingNode]:
    if not isinstance(root, MappingNode):
        return ()
    found = next((value for key, value in root.value if key.value == "nlu"), None)
    return [one for one in found.value if isinstance(one, MappingNode)] if isinstance(found, SequenceNode) else ()


def _blocks(root: object, intent: str) -> list[tuple[int, int, int]]:
    """(column of the sentences, first line, line behind the last) of each block of an intent."""
    found: list[tuple[int, int, int]] = []
    for block in _nlu(root):
        told = {key.value: value for key, value in block.value}
        if isinstance(told.get("intent"), ScalarNode) and told["intent"].value == intent and "examples" in told:
            node = told["examples"]
            found.append(
                (block.start_mark.column + 2, node.start_mark.line + 1, max(node.end_mark.line, node.start_mark.line + 1))
            )
    return found


def _without(lines: Sequence[str], root: object, intent: str, place: int) -> Patch:
    """A whole block taken out."""
    own = [block for block in _nlu(root) if any(key.value == "intent" and value.value == intent for key, value in block.value)]
    block = own[place]
    return Patch(block.start_mark.line, min(len(lines), block.end_mark.line), ())
