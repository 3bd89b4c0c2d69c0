"""Words that mean the same for a mood: the model learns one weight for each group, and each word's own beside it.

So a word that no training message has still tells something. ``mood_words.txt`` has the groups, a name in brackets before each;
no word is longer than four characters, the longest piece that is read.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).with_name("mood_words.txt")


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Each group's words."""
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in _WORDS.read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        else:
            found[name] = (*found.get(name, ()), *line.split())
    return found
