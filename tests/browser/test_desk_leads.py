"""What leads do: somebody leaves and a colleague inherits; figures that can be sorted and taken away."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.browser import rig
from tests.browser.conftest import arrive, call_a_person, end, enter, first_day, named, say, take, yes
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Westlake:
    """The shop at the lake: who leaves, who stays, and the head office."""

    leaver: Page
    heir: Page
    office: Page


@pytest.fixture(scope="module")
def lake(shop: Shop) -> Iterator[Westlake]:
    """桃子 and 沈老师 at their desks, the head office at its own."""
    with rig.browser() as leaver, rig.browser() as heir, rig.browser() as office:
        first_day(leaver, shop, "taozi", "g8")
        first_day(heir, shop, "shenlaoshi", "g7")
        arrive(office, shop, "zongbu", shop.add("zongbu", "--role", "admin"))
        yield Westlake(leaver, heir, office)
        heir.tap("#duty")
        heir.tap("dialog .choice", "一直到我自己改回来")
        heir.sees("#duty", "下班")


def test_the_figures_can_be_sorted_and_taken_away(shopper: Page, lake: Westlake) -> None:
    call_a_person(shopper, "怎么退换货", "沈老师")
    take(lake.heir, named(shopper))
    say(lake.heir, "您好，我帮您看")
    shopper.sees("#talk .line.guide", "我帮您看")
    end(lake.heir)
    office = lake.office
    office.tap("[data-tab=reports]")
    office.sees("#figures", "沈老师")
    office.tap("#figures thead button", "谁")
    assert office.one('#figures th[aria-sort="ascending"]').text.startswith("谁")
    told = office.driver.execute_async_script(
        "fetch(document.getElementById('export').href).then((answer) => answer.text().then((text) => arguments[0]([answer.status, answer.headers.get('content-type'), text])))"
    )
    assert told[0] == 200
    assert "csv" in told[1]
    assert office.overflow() <= 0
    office.tap("[data-tab=people]")
    assert office.errors() == []


def test_a_guide_leaves_and_a_colleague_inherits_the_talk_and_the_reminder(shopper: Page, lake: Westlake) -> None:
    call_a_person(shopper, "敏感肌能用吗", "桃子")
    take(lake.leaver, named(shopper))
    say(lake.leaver, "您好，我是桃子")
    shopper.sees("#talk .line.guide", "我是桃子")
    office = lake.office
    office.tap(".menu summary")
    office.tap("#inherit")
    office.one("#inherit-from")
    for field, who in (("inherit-from", "桃子"), ("inherit-to", "沈老师")):
        office.driver.execute_script(
            "const box = document.getElementById(arguments[0]);"
            "box.value = [...box.querySelectorAll('option')].find((one) => one.textContent.startsWith(arguments[1])).value", field, who,
        )  # fmt: skip
    office.tap("dialog .button", "下一步")
    office.sees("dialog", "桃子 名下的所有顾客会归到 沈老师")
    office.sees("dialog", "1 段对话")
    yes(office)
    office.sees("#note", "转好了")
    lake.leaver.until(lambda: "/login" in lake.leaver.driver.current_url, "the one who left to be signed out")
    enter(lake.heir, named(shopper))
    lake.heir.sees("#standing", "我在接待")
    lake.heir.sees("#talk", "我是桃子")
    say(lake.heir, "您好，桃子的顾客以后由我来照顾")
    shopper.sees("#talk", "以后由我来照顾")
    end(lake.heir)
    assert office.errors() == []
