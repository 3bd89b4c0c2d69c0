"""Say (话术): reply scripts that ops write, with variants by channel and audience; never shell scripts."""

from scripts.book import Scriptbook
from scripts.model import FAMILIES, Listener, Reply, Script, Variant
from scripts.placeholders import fill, names
from scripts.posting import Around, Post, PostCard, PostRow, misfits, quiet
from scripts.schema import ScriptFile, disagreements, script
from scripts.wording import Offence, offences

__all__ = [
    "FAMILIES",
    "Around",
    "Listener",
    "Offence",
    "Post",
    "PostCard",
    "PostRow",
    "Reply",
    "Script",
    "ScriptFile",
    "Scriptbook",
    "Variant",
    "disagreements",
    "fill",
    "misfits",
    "names",
    "offences",
    "quiet",
    "script",
]
