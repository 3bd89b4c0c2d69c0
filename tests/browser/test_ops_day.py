"""A day of somebody who looks after the words: why a bad answer was given, mend it, see the replay, publish, hear it, roll back.

Three people: an editor who writes, a second one who saves the same draft meanwhile, a lead who publishes. Nothing is put in place
but accounts; the replay is run by the real child process over what the shopper really wrote.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser import rig
from tests.browser.conftest import ask, first_sign_in
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
QUESTION = "贺卡能帮忙代写吗"
TOLD_WRONGLY = "ship-gift-wrap"
FORBIDDEN = "我们的代写是全国第一，包您满意。"
ANSWER = "可以代写贺卡：下单时把想说的话写在备注里，我们手写好放进包裹，不另外收钱。"
COLLEAGUE = "可以代写贺卡，写在订单备注里就行，写好放进包裹，不另外收钱。"
REASON = "问的就是代写，原来那条说的是包装"
CHILD = 80.0
"""Seconds that the replay may take on a loaded machine: its process builds both contents first."""
_BY_THE_PAGE = ("favicon", "status of 409", "status of 422", "status of 403")
"""What a browser writes down when the console says no, which is meant here."""


@contextmanager
def at_work(shop: Shop, role: str, name: str = "") -> Iterator[Page]:
    """Somebody with a new account, signed in."""
    name = name or f"{role}-{secrets.token_hex(3)}"
    once = shop.add(name, "--role", role)
    with rig.browser() as page:
        first_sign_in(page, shop, name, once)
        yield page


def visit(shopper: Page, shop: Shop) -> str:
    """What somebody who was never here is answered; whoever asks the same again and again is fetched a person."""
    shopper.open(f"{shop.url}/healthz")
    shopper.driver.execute_script("localStorage.clear()")
    shopper.open(f"{shop.url}/chat")
    return ask(shopper, QUESTION)


def save(page: Page) -> None:
    """Press 保存草稿 when the page stands still: a bar that is just sliding to its place would be missed."""
    page.settles()
    page.until(lambda: page.one("[data-save]").is_enabled(), "the button")
    page.driver.execute_script("document.querySelector('[data-save]').click()")


class Day:
    """The steps, each of which looks at what it came for; ``keep`` is where pictures go, if anywhere."""

    def __init__(self, shop: Shop, keep: Path | None = None) -> None:
        self.shop, self.keep, self.number = shop, keep, 0
        self.draft = self.entry = ""

    def seen(self, page: Page, name: str) -> None:
        """The page fits its screen, on a table and on a phone; with a picture of both where they are wanted."""
        self.number += 1
        for width, height, mobile in ((390, 844, True), (1440, 900, False)):
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
            page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            wide = page.driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide at {width}"
            if self.keep is not None:
                page.picture(self.keep / f"{self.number:02}-{name}-{width}.png")

    def find_out_why(self, editor: Page) -> None:
        """Under 没答好的问题 stands the question; its trace says how it was understood, and what was told how surely."""
        gap = f'.gap[data-question="{QUESTION}"]'
        editor.finds(f"{self.shop.url}/console/gaps", gap, "答了不满意")
        self.seen(editor, "gaps")
        editor.tap(f"{gap} .why")
        editor.sees("h1", "为什么这样答")
        for words in (QUESTION, "听成了", "把握", "最接近的知识", "答的是这条", "顾客接着说", "不是这个"):
            editor.sees(".why", words)
        assert editor.one(".near .told-one a").get_attribute("href").endswith(f"/console/entries/{TOLD_WRONGLY}")
        self.seen(editor, "why")

    def write(self, editor: Page) -> None:
        """One click makes a draft; what is forbidden is said while typing, the live test shows the answer; it is saved."""
        editor.open(f"{self.shop.url}/console/gaps")
        editor.tap(f'.gap[data-question="{QUESTION}"] .write')
        editor.sees("h1", "改知识")
        assert QUESTION in str(editor.one("#questions").get_property("value"))
        editor.write("#answer", FORBIDDEN)
        editor.sees("#findings", "要改")
        editor.sees("#findings mark", "第一")
        self.seen(editor, "forbidden")
        editor.write("#answer", ANSWER)
        editor.until(lambda: "要改" not in editor.text("#findings"), "the finding to go")
        editor.sees("#tried", "发布以后：用这一条回答")
        editor.sees("#tried", ANSWER)
        editor.sees("#tried", "现在线上：用")
        self.seen(editor, "tried")
        self.entry = editor.driver.current_url.rsplit("/", 1)[1]

    def clash(self, editor: Page, colleague: Page) -> None:
        """A colleague saves the same draft meanwhile: both texts are shown, nothing is written over, mine is kept by choice."""
        colleague.open(f"{self.shop.url}/console/entries/{self.entry}")
        colleague.write("#answer", COLLEAGUE)
        save(colleague)
        colleague.sees("#state", "第 2 次保存")
        save(editor)
        editor.sees("#clash", "刚刚存过这一条")
        for words in ("手写好放进包裹", "写在订单备注里就行"):
            editor.sees("#clash", words)
        self.seen(editor, "clash")
        editor.tap("#clash button", "合到一起")
        editor.sees("#clash", "合好了")
        assert editor.one("#answer").get_property("value") == ANSWER
        save(editor)
        editor.sees("#state", "第 3 次保存")

    def wrong_role(self, editor: Page) -> None:
        """Whoever may not publish is told why, and sees the checks all the same."""
        editor.tap("#state a", "去发布")
        editor.sees("#look", "整份内容检查通过")
        editor.sees("#look", "运营写好以后，由店长或管理员发布")
        assert not editor.one("#go").is_enabled()
        self.draft = editor.driver.current_url.rsplit("=", 1)[1]
        self.seen(editor, "wrong-role")

    def replay(self, lead: Page) -> None:
        """Checks, lint and corrections are fine; the child process replays what was written, with progress."""
        lead.open(f"{self.shop.url}/console/drafts/{self.draft}")
        lead.sees("#draft", QUESTION)
        self.seen(lead, "draft")
        lead.tap("#draft a", "去发布")
        for words in ("整份内容检查通过", "用词合规", "同事更正过的回答都还对"):
            lead.sees("#look", words)
        lead.driver.execute_script("document.getElementById('last').value = '500'")
        lead.tap("#replay button", "开始回放")
        lead.one("#replay progress")
        over = ("条消息里有", "没有回放成")
        lead.until(lambda: any(words in lead.text("#replay") for words in over), "the replay to end", CHILD)
        lead.sees("#replay", "变坏")

    def both_traces(self, lead: Page) -> None:
        """The red group opens to the message, its two answers and the two full traces."""
        lead.tap(".group-of.red > summary")
        lead.tap(".group-of.red .examples summary", QUESTION)
        lead.sees(".group-of.red .examples details[open]", ANSWER)
        lead.tap(".group-of.red .examples details[open] button", "看两边每一步")
        for words in ("现在", "改了以后", "听懂的意思", TOLD_WRONGLY, self.entry):
            lead.sees(".group-of.red .examples details[open] .traces", words)
        self.seen(lead, "traces")

    def publish(self, lead: Page) -> None:
        """Not without a yes to every red group and a reason; then it is live."""
        lead.tap("#go")
        lead.sees("#tell", "变坏的每一组都要看过")
        for box in lead.all("#publish [name=yes]"):
            box.click()
        lead.tap("#go")
        lead.sees("#tell", "写一句为什么")
        lead.write("#reason", REASON)
        self.seen(lead, "yes")
        lead.tap("#go")
        lead.sees("main", "已经在线上了")
        self.seen(lead, "published")

    def roll_back(self, lead: Page) -> None:
        """One step, after one question."""
        lead.tap("button", "撤销这次发布")
        lead.tap("#yes")
        lead.until(lambda: "退回" in lead.text("main"), "the way back")
        self.seen(lead, "rolled-back")


def test_a_bad_answer_is_understood_mended_replayed_published_heard_and_taken_back(
    shop: Shop, shopper: Page, keep: Path | None
) -> None:
    assert "礼物包装" in ask(shopper, QUESTION)
    ask(shopper, "不是这个")
    day = Day(shop, keep)
    with at_work(shop, "editor") as editor, at_work(shop, "lead") as lead:
        day.find_out_why(editor)
        day.write(editor)
        day.clash(editor, lead)
        day.wrong_role(editor)
        day.replay(lead)
        day.both_traces(lead)
        day.publish(lead)
        shopper.until(lambda: "备注里" in visit(shopper, shop), "the new answer")
        day.roll_back(lead)
        shopper.until(lambda: "礼物包装" in visit(shopper, shop), "the old answer")
        assert [*editor.errors(*_BY_THE_PAGE), *lead.errors(*_BY_THE_PAGE)] == []


@pytest.fixture
def keep() -> Path | None:
    """Where pictures go: nowhere."""
    return None
