"""Say (话术): reply scripts that ops write, with variants by channel and audience; never shell scripts."""

from scripts.book import Scriptbook
from scripts.model import FAMILIES, Listener, Reply, Script, Variant
from scripts.placeholders import fill, names
from scripts.schema import ScriptFile, disagreements, script
from scripts.wording import Offence, offences

__all__ = [
    "FAMILIES",
    "Listener",
    "Offence",
    "Reply",
    "Script",
    "ScriptFile",
    "Scriptbook",
    "Variant",
    "disagreements",
    "fill",
    "names",
    "offences",
    "script",
]
