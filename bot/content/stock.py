"""A knowledge base without the rooms around it, for those who look after it: laid out beside the one before it."""

from dataclasses import dataclass, replace

from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.content import libraries
from bot.content.libraries import Basis
from bot.content.naming import gazetteer
from bot.content.sharing import same, same_entries, same_names
from bot.content.workspace import Workspace
from intents import Gazetteer
from intents.gazetteer import spelt
from knowledge import Library


@dataclass(frozen=True, slots=True)
class Stock:
    """The library of a workspace, and what it stands on."""

    workspace: Workspace
    names: Gazetteer
    library: Library
    basis: Basis


def stock(workspace: Workspace, encoder: Encoder, models: ModelStore, before: Stock | None = None) -> Stock:
    """The library on the model that answers for a workspace, if one was trained; what is the same before is not made again.

    It has learnt by itself: where entries changed and nobody did that before, it takes a second or two.
    """
    known = libraries.matters_of(workspace, encoder, models)
    if before is None or before.basis.encoder is not encoder or (before.basis.known is None) is not (known is None):
        names = gazetteer(workspace)
        basis = Basis.of(encoder, spelt(workspace.spellings), known)
        return Stock(workspace, names, libraries.built(workspace, basis, models, names), basis)
    old = before.workspace
    names = before.names if same_names(old, workspace) else gazetteer(workspace)
    words = before.basis.words if same(old.spellings, workspace.spellings) else spelt(workspace.spellings)
    basis = replace(before.basis, words=words)
    if known is not None and known.identity != before.basis.matter:
        basis = replace(basis, known=known)
    elif names is before.names and same_entries(old, workspace):
        return replace(before, workspace=workspace)
    library, basis = libraries.renewed((before.library, before.basis), workspace, basis, models, names)
    return Stock(workspace, names, library, basis)
