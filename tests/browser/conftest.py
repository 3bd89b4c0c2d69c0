"""One running system and few browsers for the whole walk; everybody who walks is somebody new."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.browser import rig
from tests.browser.rig import Page, Shop
from tests.browser.room_rig import Person, open_room

NEW = "correct horse"
LONG_NAME = "名字特别特别长的花友一位住在上海徐汇区的张女士"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped, with a word on what is missing."""
    for item in items:
        if item.get_closest_marker("browser") and not rig.present():
            item.add_marker(pytest.mark.skip(reason=rig.MISSING))


@dataclass(frozen=True)
class Street:
    """The simulator with the shop wired to it."""

    shop: Shop
    sandbox: str


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """``daogou sandbox`` and ``daogou serve``, each knowing the other."""
    port = rig.free_port()
    with rig.sandbox(f"http://127.0.0.1:{port}/hooks/wecom/demo") as (url, told), rig.serve(told, port) as shop:
        yield Street(shop, url)


@pytest.fixture(scope="session")
def shop(street: Street) -> Shop:
    """The running shop."""
    return street.shop


@pytest.fixture(scope="session")
def browsers() -> Iterator[ExitStack]:
    """Browsers that live as long as the run."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def phone(browsers: ExitStack) -> Page:
    """A browser as wide as a phone."""
    return browsers.enter_context(rig.browser(phone=True))


@pytest.fixture
def shopper(phone: Page, shop: Shop) -> Page:
    """A shopper who was never here, before the open chat."""
    phone.online(yes=True)
    phone.open(f"{shop.url}/healthz")
    phone.driver.execute_script("localStorage.clear()")
    phone.open(f"{shop.url}/chat")
    phone.one("#words")
    phone.errors()
    return phone


@pytest.fixture(scope="session")
def desk(browsers: ExitStack) -> Page:
    """A browser as wide as a table; nobody has signed in."""
    return browsers.enter_context(rig.browser())


@pytest.fixture(scope="session")
def crowd(browsers: ExitStack) -> Page:
    """The browser in whose windows the people of a room sit."""
    return browsers.enter_context(rig.browser())


@pytest.fixture
def three(crowd: Page, shop: Shop) -> Iterator[Sequence[Person]]:
    """小米, 阿宽 and somebody with a long name, at tables."""
    with open_room(crowd, shop, ("小米", "阿宽💐", LONG_NAME), state="code-1") as people:
        yield people


@pytest.fixture
def two_on_phones(crowd: Page, shop: Shop) -> Iterator[Sequence[Person]]:
    """小米 and 阿宽 with their phones."""
    with open_room(crowd, shop, ("小米", "阿宽"), phone=True) as people:
        yield people


@pytest.fixture(scope="session")
def wang(desk: Page, shop: Shop) -> Page:
    """王姐, who signed in for the first time and now has a password of her own."""
    first_day(desk, shop, "wangjie", "g1")
    return desk


@pytest.fixture(scope="session")
def colleague(browsers: ExitStack, shop: Shop) -> Page:
    """A colleague of another browser."""
    page = browsers.enter_context(rig.browser())
    first_day(page, shop, "xiaolin", "g2")
    return page


def first_day(page: Page, shop: Shop, name: str, guide: str) -> None:
    """A guide's first day: sign in with the one-time password, replace it, and stand at the desk."""
    arrive(page, shop, name, shop.add_guide(name, guide))


def arrive(page: Page, shop: Shop, name: str, once: str) -> None:
    """Sign in with the one-time password, replace it, and stand at the desk."""
    page.open(f"{shop.url}/desk")
    sign_in(page, name, once)
    page.sees("h1", "先设一个自己的密码")
    page.write("#password", once)
    page.write("#new", NEW)
    page.tap("form button")
    page.sees("#line", "在线")


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the form and send it."""
    page.write("#name", name)
    page.write("#password", password)
    page.tap("form button")


def first_sign_in(page: Page, shop: Shop, name: str, once: str) -> None:
    """Sign in for the first time, with a password of one's own."""
    page.open(f"{shop.url}/login")
    sign_in(page, name, once)
    page.sees("h1", "先设一个自己的密码")
    page.write("#password", once)
    page.write("#new", NEW)
    page.tap("form button")
    page.until(lambda: "/password" not in page.driver.current_url, "the way on")


def call_a_person(shopper: Page, words: str, who: str = "") -> None:
    """A shopper with a question waits for a person, or for the guide of that name."""
    ask(shopper, words)
    if who:
        say(shopper, f"叫{who}来")
    else:
        shopper.tap("#human")
    shopper.sees("#state", "已为您呼叫人工导购")


def named(shopper: Page) -> str:
    """The talk of the shopper's page."""
    return str(shopper.driver.execute_script("return JSON.parse(localStorage.getItem('daogou.room')).conversation"))


def enter(page: Page, conversation: str) -> None:
    """Open a talk of the list."""
    page.tap(f'.place[data-conversation="{conversation}"]')
    page.until(lambda: page.text("#title"), "the talk to open")


def take(page: Page, conversation: str) -> None:
    """Open a talk and take it."""
    enter(page, conversation)
    page.tap("#claim")
    page.sees("#standing", "我在接待")


def yes(page: Page) -> None:
    """Agree to what the page asks."""
    page.tap("#yes")
    page.until(lambda: not page.all("dialog"), "the question to go")


def end(page: Page) -> None:
    """The talk is over."""
    page.tap("#end")
    yes(page)
    page.sees("#standing", "已结束")


def say(page: Page, words: str) -> None:
    """Write something and send it."""
    page.write("#words", words)
    page.tap("#say button")


def ask(page: Page, words: str) -> str:
    """Say something as a shopper; what the bot answers."""
    before = len(page.all("#talk .line.bot"))
    say(page, words)
    page.until(lambda: len(page.all("#talk .line.bot")) > before, f"an answer to {words!r}")
    return page.text("#talk .line.bot:last-of-type")
