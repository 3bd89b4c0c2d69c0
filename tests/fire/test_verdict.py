"""The judge of the fire sees every breach: a book that is right passes, and each way of being wrong is named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.bench.notebook import Delivered, Notebook, Said
from bot.bench.truth import Heard, Spoken, Truth
from bot.bench.verdict import Held, Posted, judge

Books = tuple[Notebook, Truth, list[Posted], list[Held]]


def heard(number: int, **changes: object) -> Heard:
    row = Heard(
        number, "wecom_kf", f"in{number}", "v1", "wm1", "text", "settled", "answered", "按话术", 10.0 + number, 11.0 + number, 1
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def spoken(number: int, **changes: object) -> Spoken:
    row = Spoken(
        number, f"out{number}", "v1", "wecom_kf", "wm1", "bot", "sent", None, False, 1, (number,), 11.0 + number, 12.0 + number, 1
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def books() -> Books:
    """Two questions and their answers, one message of the web chat, and a guide who held the talk afterwards."""
    notebook = Notebook()
    notebook.said = [Said("wm1", "in1", 10.0), Said("wm1", "in2", 11.0)]
    notebook.delivered = [Delivered("wm1", "out1", 12.9, 0), Delivered("wm1", "out2", 13.9, 0)]
    web = heard(3, channel="web", platform_id="w1:a", conversation="w1", external="w1")
    truth = Truth([heard(1), heard(2), web], [spoken(1), spoken(2), spoken(3, channel="web", conversation="w1")])
    return notebook, truth, [Posted("w1", "a", ("3", "3"))], [Held("v1", 20.0, 30.0)]


def broken(case: Books) -> list[str]:
    return [name.partition(":")[0] for name, found in judge(*case).violations.items() if found]


def with_heard(case: Books, number: int, **changes: object) -> Books:
    notebook, truth, posted, held = case
    return (
        notebook,
        Truth([replace(one, **changes) if one.id == number else one for one in truth.heard], truth.spoken),
        posted,
        held,
    )


def with_spoken(case: Books, number: int, **changes: object) -> Books:
    notebook, truth, posted, held = case
    return (
        notebook,
        Truth(truth.heard, [replace(one, **changes) if one.id == number else one for one in truth.spoken]),
        posted,
        held,
    )


def delivered_late(case: Books) -> Books:
    case[0].delivered[1] = Delivered("wm1", "out2", 25.0, 0)
    return case


def delivered_to_a_servicer(case: Books) -> Books:
    case[0].delivered[1] = Delivered("wm1", "out2", 13.9, 3)
    return case


def delivered_again(case: Books) -> Books:
    case[0].delivered.append(case[0].delivered[1])
    return case


def delivered_reversed(case: Books) -> Books:
    case[0].delivered.reverse()
    return case


def delivered_from_nowhere(case: Books) -> Books:
    case[0].delivered.append(Delivered("wm1", "ghost", 14.0, 0))
    return case


def undelivered(case: Books) -> Books:
    case[0].delivered.pop()
    return case


def never_accepted(case: Books) -> Books:
    case[0].said.append(Said("wm1", "in9", 12.0))
    return case


def event_missed(case: Books) -> Books:
    case[0].events["enter_session"] += 1
    return case


def repeat_kept_twice(case: Books) -> Books:
    return case[0], case[1], [Posted("w1", "a", ("3", "4"))], case[3]


def swapped_on_arrival(case: Books) -> Books:
    case[0].said.reverse()
    return case


def test_books_that_agree_pass() -> None:
    verdict = judge(*books())

    assert verdict.ok
    assert verdict.outcomes == {"answered": 3}


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (never_accepted, ["0 lost"]),
        (event_missed, ["0 lost"]),
        (repeat_kept_twice, ["0 lost"]),
        (lambda case: with_heard(case, 2, state="new", outcome=None, settled=None), ["0 lost"]),
        (lambda case: with_heard(case, 2, reason=""), ["0 lost"]),
        (lambda case: with_spoken(case, 2, state="pending", told=0), ["0 lost", "0 lost"]),
        (undelivered, ["0 lost"]),
        (delivered_again, ["0 lost", "0 twice"]),
        (delivered_from_nowhere, ["0 twice"]),
        (lambda case: with_spoken(case, 2, answers=(1, 2)), ["0 twice"]),
        (delivered_reversed, ["0 out of order"]),
        (lambda case: with_heard(case, 2, settled=11.5), ["0 out of order"]),
        (swapped_on_arrival, ["0 out of order"]),
        (delivered_late, ["no word of the bot after a person took over"]),
        (delivered_to_a_servicer, ["no word of the bot after a person took over"]),
        (lambda case: with_heard(case, 2, told=2), ["every message stands once in the transcript"]),
        (lambda case: with_spoken(case, 2, told=2), ["every message stands once in the transcript"]),
    ],
)
def test_every_breach_is_seen(spoil: Callable[[Books], Books], names: list[str]) -> None:
    assert broken(spoil(books())) == names


def test_what_waits_for_the_shopper_is_not_lost() -> None:
    case = with_spoken(books(), 2, state="held", told=0)
    case[0].delivered.pop()

    assert judge(*case).ok


def test_two_speeches_of_one_turn_are_one_answer() -> None:
    case = with_spoken(books(), 2, answers=(1, 2), created=12.0)
    case = with_spoken(case, 1, created=12.0)

    assert judge(*case).ok
