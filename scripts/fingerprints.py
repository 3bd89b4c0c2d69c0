"""What a script and a wording are known by over releases: fingerprints of what they say and ask, the same in every process."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields

from scripts.model import Attachment, Script, Variant


def wording_id(variant: Variant) -> str:
    """The variant's id, else eight letters of what it says and asks; its weight and its attachments do not count.

    Other wordings beside it, before or behind, change nothing.
    """
    return variant.id or _digest({"text": variant.text, **_asked(variant), **_told({"arm": variant.arm})})


def version(script: Script) -> str:
    """Eight letters of all that a script holds; for what uses no newer key the same as before there were any."""
    scope = {} if script.scope.level == "总部" else {"level": script.scope.level, "of": script.scope.of}
    trial = script.experiment
    experiment = trial and {
        "id": trial.id,
        "arms": dict(trial.arms),
        **_told({"from": trial.begins and str(trial.begins), "until": trial.ends and str(trial.ends)}),
    }
    more = _told({"scope": scope, "extends": script.extends, "experiment": experiment})
    return _digest({"id": script.id, "family": script.family, "variants": [_variant(one) for one in script.variants], **more})


def _variant(variant: Variant) -> dict[str, object]:
    old = {"channels": _sorted(variant.channels), "levels": _sorted(variant.levels), "stores": _sorted(variant.stores)}
    tags = {tag: _sorted(values) for tag, values in variant.tags.items()}
    attached = [_attachment(one) for one in variant.attachments]
    new = _told({"id": variant.id, "arm": variant.arm, "attachments": attached})
    return {"text": variant.text, "weight": variant.weight, **old, "tags": tags, **_later(variant), **new}


def _asked(variant: Variant) -> dict[str, object]:
    """The conditions, without those that it does not make."""
    whom = {"channels": _sorted(variant.channels), "levels": _sorted(variant.levels), "stores": _sorted(variant.stores)}
    return {**_told({**whom, "tags": {tag: _sorted(values) for tag, values in variant.tags.items()}}), **_later(variant)}


def _later(variant: Variant) -> dict[str, object]:
    first = {} if variant.first is None else {"first": variant.first}
    return {**_told({"regions": _sorted(variant.regions)}), **first, **variant.window.written()}


def _attachment(one: Attachment) -> dict[str, object]:
    return _told({field.name: getattr(one, field.name) for field in fields(one)})


def _told(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


def _sorted(values: Iterable[str]) -> list[str]:
    return sorted(values)


def _digest(content: Mapping[str, object]) -> str:
    written = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
