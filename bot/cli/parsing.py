"""``daogou parse``: what a message means."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.adapters.encoder import Encoder
from bot.adapters.moods import shipped
from bot.cli import loading
from bot.cli.filters import Answer, Filter, Request
from bot.cli.progress import bar
from bot.content import Workspace, gazetteer, recognizer, warmer
from intents import LinearModel, Recognition, Recognizer


class Message(Request):
    """``{"id", "text", "at"?}``."""

    text: Annotated[str, Field(strict=True)]


def run_parse(args: Namespace) -> int:
    """Understand messages until the input ends."""
    told = loading.settings()
    workspace = loading.workspace(args, told)
    encoder, models, wait = loading.ready(told)
    if args.model:
        understand = trained(args.model, workspace, encoder)
    else:
        with bar() as progress:
            understand = recognizer(workspace, encoder, models, progress)
    wait()
    warm, zone = warmer(encoder, understand.gazetteer), workspace.brand.zone

    def answer(message: Message) -> Answer:
        return understood(understand.recognize(message.text, at=message.moment(loading.now(), zone)))

    return Filter(Message, answer, lambda batch: warm([one.text for one in batch])).run()


def trained(path: Path, workspace: Workspace, encoder: Encoder) -> Recognizer:
    """A recognizer on a model that ``train --out`` wrote; raises ValueError where the file is none."""
    try:
        model = LinearModel.loads(path.read_bytes(), encoder)
    except ValueError as error:
        raise ValueError(f"{path}：{error}") from error
    return Recognizer.of(model, gazetteer(workspace), encoder, shipped())


def understood(recognition: Recognition) -> Answer:
    """The output line, without its id."""
    return {
        "intent": recognition.intent,
        "confidence": round(recognition.confidence, 4),
        "intents": list(recognition.intents),
        "candidates": [{"intent": one.intent, "confidence": round(one.confidence, 4)} for one in recognition.candidates],
        "slots": [
            {
                "name": slot.name,
                "value": dict(slot.value) if isinstance(slot.value, Mapping) else slot.value,
                "text": slot.text,
                "start": slot.start,
                "end": slot.end,
                "negated": slot.negated,
            }
            for slot in recognition.slots
        ],
        "sentiment": round(recognition.sentiment, 3),
        "urgency": round(recognition.urgency, 3),
        "normalized": recognition.normalized,
    }
