"""Names that are written otherwise: by homophones (雅诗蓝带) and with a slipped letter (esteee lauder)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from intents.pinyin import sounds

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z']+(?:[ -][a-z']+)?")
_SHORTEST = 3
"""Characters of a name from which on it is known by its sound: two syllables mean too much else."""
_CHANGED = 2
"""Characters that may differ from the name; in a name of three only one."""
_LETTERS = 6
"""Letters of a name from which on one may be wrong; from twice as many on two."""
_WORDS = frozenset("的了吗呢吧是我你他她不没有在和跟就都也还要这那个一上下来去说给")
"""Characters of grammar: a name is not misspelt with them."""
_NOT_BY_SOUND = frozenset(("city", "size", "color", "flavor", "concern", "scent"))


@dataclass(frozen=True, slots=True)
class Alike:
    """An index of names by their sound and of Latin ones by their letters."""

    heard: Mapping[str, str] = field(default_factory=dict)
    """Signs of a name's syllables to the name; only where one name alone sounds so."""
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The first two signs to the lengths that occur, longest first."""
    latin: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """First letter to the long Latin names."""

    @staticmethod
    def of(names: Mapping[str, tuple[tuple[str, str], ...]]) -> "Alike":
        """An index of spellings with their (slot, standard value) pairs."""
        heard: dict[str, dict[tuple[tuple[str, str], ...], str]] = {}
        latin: dict[str, list[str]] = {}
        for name, meanings in names.items():
            if len(name) >= _SHORTEST and _HAN.fullmatch(name) and not {slot for slot, _ in meanings} & _NOT_BY_SOUND:
                heard.setdefault(name.translate(sounds()), {}).setdefault(meanings, name)
            elif len(name) >= _LETTERS and _WORD.fullmatch(name):
                latin.setdefault(name[0], []).append(name)
        alone = {sound: next(iter(same.values())) for sound, same in heard.items() if len(same) == 1}
        lengths: dict[str, set[int]] = {}
        for sound in alone:
            lengths.setdefault(sound[:2], set()).add(len(sound))
        return Alike(
            alone,
            {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
            {first: tuple(found) for first, found in latin.items()},
        )

    def find(self, lower: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, name) for what is not written as the name but meant so; overlaps are the caller's."""
        if self.heard:
            yield from self._by_sound(lower)
        if self.latin:
            yield from self._by_letters(lower)

    def _by_sound(self, lower: str) -> Iterator[tuple[int, int, str]]:
        """Homophones, the longest at each place."""
        spoken, at = lower.translate(sounds()), 0
        while at < len(spoken) - 1:
            possible = self.lengths.get(spoken[at : at + 2], ())
            found = next((length for length in possible if self._meant(spoken, lower, at, length)), 0)
            if found:
                yield at, at + found, self.heard[spoken[at : at + found]]
            at += found or 1

    def _meant(self, spoken: str, lower: str, at: int, length: int) -> bool:
        """Whether a stretch sounds like a name and differs from it in few characters, none of them grammar."""
        name = self.heard.get(spoken[at : at + length])
        if name is None:
            return False
        wrong = [char for char, right in zip(lower[at : at + length], name, strict=False) if char != right]
        return len(wrong) <= (_CHANGED if length > _SHORTEST else 1) and _WORDS.isdisjoint(wrong)

    def _by_letters(self, lower: str) -> Iterator[tuple[int, int, str]]:
        """Latin words one or two slips away from a name."""
        for found in _WORD.finditer(lower):
            for word in dict.fromkeys((found[0], *found[0].split(" "))):
                if len(word) < _LETTERS - 1:
                    continue
                start = found.start() + found[0].find(word)
                near = self._near(word)
                if near:
                    yield start, start + len(word), near
                    break

    def _near(self, word: str) -> str | None:
        """The one Latin name that a word is closest to."""
        for name in self.latin.get(word[0], ()):
            slips = 2 if len(name) >= 2 * _LETTERS else 1
            if abs(len(name) - len(word)) <= slips and OSA.distance(name, word, score_cutoff=slips) <= slips:
                return name
        return None
