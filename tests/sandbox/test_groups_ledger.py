"""The ledger of a played group finds what should not have been said, and nothing else."""

from datetime import timedelta

from bot.sandbox.groups_ledger import Book, Reply
from bot.sandbox.groups_model import Action, Event, Gold, Kind


class Evening:
    """A ledger that is filled by hand."""

    def __init__(self) -> None:
        self.book = Book()
        self.n = 0

    def does(
        self, at: float, name: str, text: str = "", kind: Kind = "text", right: Action | None = None, of: str | None = None
    ) -> Event:
        self.n += 1
        gold = Gold("ask", right) if right else None
        event = Event(f"e{self.n}", timedelta(seconds=at), name, name, kind, text, reply_to=of, gold=gold)
        self.book.did(event, at)
        return event

    def bot(self, at: float, text: str, *to: str, private: bool = False) -> None:
        self.book.heard(Reply(f"r{at}", text, at, to, private=private))

    def kinds(self) -> list[str]:
        return [one.kind for one in self.book.findings()]


def test_one_answer_to_two_is_fine_and_its_time_is_kept() -> None:
    group = Evening()
    group.does(0, "甲", "包邮吗", right="answer")
    group.does(5, "乙", "同问", right="answer")
    group.bot(31, "@甲 @乙 满99包邮。", "甲", "乙")
    group.book.close()
    assert group.kinds() == []
    assert [line.wait for line in group.book.lines] == [31, 26, None]
    assert group.book.lines[2].answers == (1, 2)
    figures = group.book.figures()
    assert (figures["due"], figures["met"], figures["median_wait"], figures["longest_wait"]) == (2, 2, 28.5, 31)


def test_whom_words_name_counts_where_the_platform_does_not_say() -> None:
    group = Evening()
    group.does(0, "甲", "包邮吗")
    group.bot(31, "@甲\u2005满99包邮。")
    group.bot(33, "还有一张图")
    assert [line.answers for line in group.book.lines[1:]] == [(1,), (1,)]
    assert group.kinds() == []


def test_twice_is_found() -> None:
    group = Evening()
    group.does(0, "甲", "包邮吗")
    group.bot(31, "@甲 满99包邮。", "甲")
    group.bot(32, "@甲 满99包邮。", "甲")
    group.bot(90, "@甲 我们还有别的活动。", "甲")
    assert group.kinds() == ["again", "again"]


def test_after_a_recall_is_found_but_not_what_was_on_its_way() -> None:
    for answered, expected in ((20.5, []), (40.0, ["after_recall"])):
        group = Evening()
        asked = group.does(0, "甲", "包邮吗")
        group.does(20, "甲", kind="recall", of=asked.id)
        group.bot(answered, "@甲 满99包邮。", "甲")
        assert group.kinds() == expected


def test_numbers_said_aloud_are_found_but_not_alone() -> None:
    group = Evening()
    group.does(0, "甲", "我那单979570620460怎么还没发货", right="private")
    group.bot(1, "@甲 979570620460这单今天发。", "甲", private=True)
    assert group.kinds() == []
    group.bot(2, "@甲 您的979570620460今天发。", "甲")
    assert "leak" in group.kinds()


def test_whoever_said_nothing_is_not_named_but_newcomers_are_welcomed() -> None:
    group = Evening()
    group.book.there([("乙", "乙")])
    group.bot(1, "欢迎乙！", "乙")
    group.does(2, "丙", kind="join", right="welcome")
    group.bot(9, "欢迎丙来到群里！")
    assert group.kinds() == []
    assert group.book.lines[2].to == ("丙",)
    group.bot(30, "@丁 好的", "丁")
    assert group.kinds() == ["stranger"]


def test_what_was_missed_and_what_was_needless_is_told_at_the_end() -> None:
    group = Evening()
    group.does(0, "甲", "今天好热", right="silent")
    group.does(1, "乙", "几点关门", right="answer")
    group.bot(2, "@甲 是呀", "甲")
    assert group.kinds() == ["needless"]
    group.book.close()
    assert group.kinds() == ["missed", "needless"]
    assert not any(one.grave for one in group.book.findings())


def test_a_welcome_is_no_answer_to_what_the_newcomer_asked() -> None:
    group = Evening()
    group.does(0, "云朵", kind="join", right="welcome")
    group.does(4, "云朵", "包邮吗", right="answer")
    group.bot(15, "欢迎云朵！有事说一声。")
    group.book.close()
    assert group.book.lines[2].answers == (1,)
    assert [(one.kind, one.line) for one in group.book.findings()] == [("missed", 2)]


def test_words_to_all_name_people_and_answer_nobody() -> None:
    group = Evening()
    group.does(0, "云朵", "我要2盒")
    group.does(1, "老张", "+1")
    group.bot(60, "目前登记：云朵 2盒，老张 1盒，合计177元。")
    assert group.book.lines[2].to == ("云朵", "老张")
    assert group.book.lines[2].answers == ()
    assert group.kinds() == []
