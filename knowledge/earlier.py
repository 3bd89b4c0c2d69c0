"""What one base made of its sentences, so that the next one, with an entry more or less, need not make it again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from knowledge.ports import Vectors
from knowledge.senses import Lexicon, Senses, Topic
from knowledge.words import Reader, Reading


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """By sentence or by its folded text; whatever is missing is made anew."""

    reader: Reader | None = None
    asked: Mapping[str, Reading] = field(default_factory=dict)
    """Phrasings, and questions from outside."""
    told: Mapping[str, Reading] = field(default_factory=dict)
    """Answers; their readings have no terms."""
    vectors: Mapping[str, Vectors] = field(default_factory=dict)
    """By folded text, whatever it was: they must come from the encoder that the next base is built with."""
    senses: Senses | None = None
    """Whose topics these are; under others they mean nothing."""
    topics: Mapping[str, Topic] = field(default_factory=dict)
    """By folded text of a phrasing."""
    lexicon: Lexicon | None = None

    def asking(self, reader: Reader) -> Callable[[str], Reading]:
        """How a phrasing is read: as before where this reader reads as that one did."""
        return lambda sentence: self._read(reader, self.asked, sentence)

    def telling(self, reader: Reader) -> Callable[[str], Reading]:
        """The same for an answer."""
        return lambda sentence: self._read(reader, self.told, sentence)

    def _read(self, reader: Reader, known: Mapping[str, Reading], sentence: str) -> Reading:
        found = known.get(sentence)
        return reader.read(sentence) if found is None or self.reader is None else reader.again(sentence, found, self.reader)

    def topics_of(self, senses: Senses) -> Mapping[str, Topic]:
        """The topics that these very senses gave."""
        return self.topics if self.senses is senses else {}

    def lexicon_of(self, senses: Senses) -> Lexicon:
        """One that knows the words already where these senses know the same words; it only ever grows."""
        same = self.lexicon is not None and self.senses is not None and self.senses.words is senses.words
        return self.lexicon if same and self.lexicon is not None else Lexicon(senses.words)
