"""Groups from the command line: ``daogou sandbox --group FILE`` and ``--groups N``, and what their ledgers found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot.sandbox.groups_cast import Material, material_of
from bot.sandbox.groups_script import read_script
from bot.sandbox.groups_shows import Show, Shows, Wish

MOST = 20
"""Groups at a time from the command line."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What is played as soon as the sandbox is open."""

    wishes: tuple[Wish, ...] = ()
    house: str = ""
    """Where ``daogou serve`` listens; empty: at its usual place."""
    workspace: Path | None = None
    """Whose questions and goods the crowd talks about."""
    once: bool = False
    """The sandbox closes when all is played."""
    platform: str = "web"
    """Whose environment is told at the start."""

    def prepare(self, shows: Shows) -> None:
        """Tell the groups where the house is and what there is to talk about."""
        shows.house = self.house or shows.house
        if self.workspace is not None:
            shows.material = _material(self.workspace)


def wished(scripts: Sequence[Path], groups: int, seed: int, plain: Wish) -> tuple[Wish, ...]:
    """One group for each script, and so many out of seeds that follow on ``seed``; ``plain`` has everything else.

    Raises:
        ValueError: a script cannot be read, with every fault and its line.
        OSError: nor its file.
    """
    found = []
    for path in scripts:
        try:
            text = path.read_text(encoding="utf-8-sig")
            read_script(text)
        except UnicodeDecodeError:
            raise ValueError(f"{path}：要用 UTF-8 编码") from None
        except ValueError as error:
            raise ValueError(f"{path}\n{error}") from error
        found.append(replace(plain, script=text))
    if not 0 <= groups <= MOST:
        raise ValueError(f"--groups 最多 {MOST}")
    return (*found, *(replace(plain, seed=seed + number) for number in range(groups)))


def _material(workspace: Path) -> Callable[[], Material]:
    """The workspace's talk, read once, when it is first needed."""

    @cache
    def material() -> Material:
        # Only whoever plays a seed waits for the content to be read.
        from bot.content.workspace import read_folder  # noqa: PLC0415

        return material_of(read_folder(workspace))

    return material


async def perform(shows: Shows, wishes: Sequence[Wish], tell: Callable[[str], object]) -> int:
    """Play all at the same time; the number of grave faults. Raises ActRefusedError, ContentError."""
    begun = [await shows.begin(wish) for wish in wishes]
    for show in begun:
        tell(f"开演：{show.name}（{show.place.platform}），{len(show.events)} 件事")
    grave = 0
    for show in begun:
        await show.over.wait()
        for line in report(show):
            tell(line)
        grave += sum(one.grave for one in show.book.findings()) + (show.standing == "failed")
    return grave


def report(show: Show) -> Iterator[str]:
    """What came of a group, in words."""
    if show.standing == "failed":
        yield f"{show.name}：没演成。{show.fault}"
        return
    told = show.book.figures()
    ours = f"助手 {told['replies']} 句（私聊 {told['private']} 句）"
    yield f"{show.name}：群友说了 {told['said']} 句，导购 {told['guides']} 句，{ours}"
    if told["due"]:
        yield f"  该接的 {told['due']} 句，接了 {told['met']} 句"
    if told["answered"]:
        yield f"  等了多久：中位 {told['median_wait']} 秒，最长 {told['longest_wait']} 秒"
    for one in show.book.findings():
        yield f"  {'错' if one.grave else '看看'}：第 {one.line} 行，{one.words}"
    if not show.book.findings():
        yield "  账目没有毛病：没有重复回答，没有答撤回的话，没有说出谁的号码"
