"""Say (话术): reply scripts that ops write, with variants by channel, audience and moment; never shell scripts."""

from scripts.arms import Experiment
from scripts.book import Scriptbook
from scripts.disagreeing import Goods, attachment_faults, disagreements, scope_faults
from scripts.fingerprints import version, wording_id
from scripts.limits import LIMITS, too_long
from scripts.lint import Finding, findings
from scripts.model import FAMILIES, Attachment, Listener, Reply, Scope, Script, Variant
from scripts.persona import Misfit, Persona
from scripts.placeholders import fill, names
from scripts.posting import Around, Post, PostCard, PostRow, misfits, quiet
from scripts.scheduling import Window
from scripts.schema import ScopeModel, ScriptFile, script

__all__ = [
    "FAMILIES",
    "LIMITS",
    "Around",
    "Attachment",
    "Experiment",
    "Finding",
    "Goods",
    "Listener",
    "Misfit",
    "Persona",
    "Post",
    "PostCard",
    "PostRow",
    "Reply",
    "Scope",
    "ScopeModel",
    "Script",
    "ScriptFile",
    "Scriptbook",
    "Variant",
    "Window",
    "attachment_faults",
    "disagreements",
    "fill",
    "findings",
    "misfits",
    "names",
    "quiet",
    "scope_faults",
    "script",
    "too_long",
    "version",
    "wording_id",
]
