"""What we say in the dialect of kf/send_msg: within its bytes, never half a character, nothing of importance lost."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom import outbound
from bot.model import Card, Option, Speech
from bot.sandbox.content import checked

words = st.text(st.sampled_from("好的a1，👍🏽👩‍👩‍👧🇨🇳é\n"), max_size=900)
speeches = st.builds(
    Speech,
    text=words,
    cards=st.lists(st.builds(Card, words, words, st.none() | words, st.none() | st.just("¥99")), max_size=2).map(tuple),
    options=st.lists(
        st.builds(Option, st.text("aé好", min_size=1, max_size=80), st.text("好👍", min_size=1, max_size=70)), max_size=14
    ).map(tuple),
)


def size(value: object) -> int:
    return len(str(value).encode())


@given(speeches)
def test_every_speech_fits_the_platform(speech: Speech) -> None:
    for body in (outbound.body(speech), outbound.plain(speech)):
        orjson.dumps(body)
        if body["msgtype"] == "text":
            assert size(body["text"]["content"]) <= 2048  # type: ignore[index]
            continue
        menu: dict[str, object] = body["msgmenu"]  # type: ignore[assignment]
        assert size(menu["head_content"]) <= 1024
        assert size(menu.get("tail_content", "")) <= 1024
        items: list[dict[str, dict[str, str]]] = menu["list"]  # type: ignore[assignment]
        assert 0 < len(items) <= 10
        for item in items:
            assert size(item["click"]["id"]) <= 128
            assert size(item["click"]["content"]) <= 128


@given(words, st.integers(3, 300))
def test_a_cut_never_leaves_half_a_character(text: str, most: int) -> None:
    cut = outbound.clipped(text, most)
    assert len(cut.encode()) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))
    assert "\ufffd" not in cut


@given(st.integers(3, 80), st.sampled_from(["", "…"]))
def test_a_cut_never_ends_on_the_glue_of_an_emoji(most: int, mark: str) -> None:
    cut = outbound.clipped("👩\u200d👩\u200d👧" * 9, most, mark)
    assert not cut.removesuffix("…").endswith("\u200d")


def test_short_words_are_one_text() -> None:
    assert outbound.body(Speech("好的")) == {"msgtype": "text", "text": {"content": "好的"}}


def test_options_become_a_menu_that_counts_as_one_message() -> None:
    body = outbound.body(Speech("要哪个？", options=(Option("entry:a", "甲"), Option("human", "转人工"))))
    assert body == {
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "要哪个？",
            "list": [{"type": "click", "click": {"id": "entry:a", "content": "甲"}},
                     {"type": "click", "click": {"id": "human", "content": "转人工"}}],
        },
    }  # fmt: skip


def test_the_way_to_a_person_stays_when_a_menu_is_too_long() -> None:
    options = (*(Option(f"o{n}", f"第{n}") for n in range(12)), Option("human", "转人工"))
    items = outbound.body(Speech("选", options=options))["msgmenu"]["list"]  # type: ignore[index]
    assert [item["click"]["id"] for item in items][-1] == "human"
    assert len(items) == 10


def test_long_words_beside_a_menu_go_into_its_head_and_tail() -> None:
    text = "好" * 500
    menu = outbound.body(Speech(text, options=(Option("human", "转人工"),)))["msgmenu"]
    assert menu["head_content"] + menu["tail_content"] == text  # type: ignore[index]


def test_cards_are_written_as_a_person_would() -> None:
    card = Card("燕麦霜", "清爽不油", "https://x.invalid/p1", "¥99")
    assert outbound.body(Speech("看看：", cards=(card,)))["text"] == {  # type: ignore[comparison-overlap]
        "content": "看看：\n\n燕麦霜  ¥99\n清爽不油\nhttps://x.invalid/p1"
    }


def test_without_menus_the_options_stand_in_the_text() -> None:
    speech = Speech("要哪个？", options=(Option("a", "甲"), Option("human", "转人工")))
    assert outbound.plain(speech) == {"msgtype": "text", "text": {"content": "要哪个？\n· 甲\n· 转人工"}}


@given(speeches.filter(lambda speech: speech.text.strip()))
def test_the_simulated_platform_takes_whatever_we_say(speech: Speech) -> None:
    for body in (outbound.body(speech), outbound.plain(speech)):
        checked(body, lambda _: None)  # type: ignore[arg-type, return-value]
