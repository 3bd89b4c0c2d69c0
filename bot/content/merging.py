"""A folder that changed, put together with what was published meanwhile."""

from collections.abc import Mapping

from bot.content.differing import differences
from bot.content.editing import applied
from bot.content.items import Edit


def merged(base: Mapping[str, bytes], folder: Mapping[str, bytes], live: Mapping[str, bytes]) -> dict[str, bytes]:
    """The live files with all that changed in a folder since it was read last (``base``).

    A file that nobody published anything into becomes the folder's; in one that both changed the folder's items are put in
    one by one, so that what was published of the others stays. Where both changed the same item the folder wins: somebody
    edited it by hand after the program had read it.

    Raises:
        ContentError: a file that both changed cannot be read.
    """
    found = dict(live)
    both: list[str] = []
    for path in sorted({*base, *folder}):
        if base.get(path) == folder.get(path):
            continue
        if live.get(path) not in {base.get(path), folder.get(path)}:
            both.append(path)
        elif path in folder:
            found[path] = folder[path]
        else:
            found.pop(path, None)
    changes = differences(
        {path: base[path] for path in both if path in base}, {path: folder[path] for path in both if path in folder}
    )
    return applied(found, [Edit(one.key, one.after) for one in changes])
