"""Our verdict in Rasa's JSON, so that a Rasa client works unchanged (rasa 3.6, ``POST /model/parse``)."""

from datetime import datetime

from bot.model import JsonMap
from intents import Recognizer


def understood(recognizer: Recognizer, text: str, at: datetime) -> JsonMap:
    """``text, intent, entities, text_tokens, intent_ranking``; the ranking has at most ten, as Rasa's."""
    verdict = recognizer.recognize(text, at=at)
    ranking = [{"name": one.intent, "confidence": one.confidence} for one in verdict.candidates[:10]]
    entities = [
        {
            "entity": slot.name,
            "start": slot.start,
            "end": slot.end,
            "value": slot.value,
            "confidence_entity": 1.0,
            "extractor": "DaogouSlots",
            **({"role": "excluded"} if slot.negated else {}),
        }
        for slot in verdict.slots
    ]
    return {
        "text": text,
        "intent": {"name": verdict.intent, "confidence": verdict.confidence},
        "entities": entities,
        "text_tokens": [],
        "intent_ranking": ranking,
    }
