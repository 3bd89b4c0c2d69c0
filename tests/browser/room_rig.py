"""Several people in one group room: windows of one browser, each at an address of its own, so that each is somebody else."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import text

from bot.adapters.embedded import servers
from bot.db import engine as database
from bot.ids import customer_id
from tests.browser.rig import Page, Shop

SIZES = {True: (390, 844), False: (1440, 900)}
SPACE = "\u2005"
"""What ends a name after @."""
_TALK = """
    insert into conversations (id, channel, account, peer, external, customer_id) values (:id, 'web', '', '', :id, :customer)
"""
_WORDS = "insert into messages (conversation_id, author, text, at) values (:id, 'bot', :text, now())"


@dataclass(frozen=True)
class Person:
    """Somebody in the room, with a window of their own."""

    name: str
    handle: str
    origin: str
    """``http://room1.localhost:8080``: browsers keep what a page stores by origin, so each of them is another device."""
    page: Page

    def __call__(self) -> Page:
        """The page, with this person before it."""
        if self.page.driver.current_window_handle != self.handle:
            self.page.driver.switch_to.window(self.handle)
        return self.page

    def says(self, words: str) -> None:
        """Write something and send it, until it is there."""
        self().write("#words", words)
        self().tap("#say button[type=submit]")
        self().until(lambda: words in self.texts("me[data-id]"), lambda: f"{words!r} in {self.texts('me')}")

    def types(self, words: str) -> None:
        """Write with the caret after the words, as hands do."""
        self().one("#words")
        self().driver.execute_script(
            "const box = document.querySelector('#words'); box.focus(); box.setRangeText(arguments[0], box.selectionStart,"
            " box.selectionEnd, 'end'); box.dispatchEvent(new Event('input', { bubbles: true }))", words,
        )  # fmt: skip

    def texts(self, kind: str = "") -> list[str]:
        """What the lines of the talk say, in their order, without names and times."""
        found = self().driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)",
            f"#talk .line{f'.{kind}' if kind else ''} .words",
        )
        return [str(one) for one in found]

    def hears(self, words: str) -> None:
        """Wait until it stands in the talk."""
        self().until(lambda: any(words in one for one in self.texts()), lambda: f"{words!r} in {self.texts()}")

    def conversation(self) -> str:
        """Id of the room."""
        return str(self().driver.execute_script("return new URLSearchParams(location.search).get('room')"))

    def member(self) -> str:
        """Id of this person in the room."""
        script = "return JSON.parse(localStorage.getItem('daogou.rooms'))[arguments[0]].member"
        return str(self().driver.execute_script(script, self.conversation()))


@contextlib.contextmanager
def open_room(
    page: Page, shop: Shop, names: Sequence[str], *, room: str = "花友群", phone: bool = False, state: str = ""
) -> Iterator[Sequence[Person]]:
    """A new room, made on the page by the first of ``names`` and joined by the others through its invitation."""
    before = page.driver.current_window_handle
    people: list[Person] = []
    try:
        for name in names:
            people.append(_window(page, shop, name, len(people), phone=phone))
            if len(people) == 1:
                _make(people[0], room)
                continue
            asked = invitation(people[0]) + (f"&state={state}" if state else "")
            comes(people[-1], asked)
        page.errors()
        yield tuple(people)
    finally:
        for person in people:
            with contextlib.suppress(Exception):
                person().driver.close()
        page.driver.switch_to.window(before)


def _window(page: Page, shop: Shop, name: str, number: int, *, phone: bool) -> Person:
    page.driver.switch_to.new_window("window")
    width, height = SIZES[phone]
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    origin = f"http://room{number}.localhost:{urlsplit(shop.url).port}"
    page.open(f"{origin}/healthz")
    page.driver.execute_script("localStorage.clear()")
    return Person(name, page.driver.current_window_handle, origin, page)


def _make(person: Person, room: str) -> None:
    page = person()
    page.open(f"{person.origin}/chat?room=new")
    page.write("#make-name", room)
    page.write("#make-nick", person.name)
    page.tap("#make button[type=submit]")
    page.one("#words")


def invitation(person: Person) -> str:
    """The address that somebody of the room copies for a friend, without its host."""
    page = person()
    if not page.driver.execute_script("return getComputedStyle(document.querySelector('#people')).visibility === 'visible'"):
        page.tap("#who")
    page.tap("#invite")
    found = page.until(lambda: str(page.one("#address").get_attribute("value")), "the address")
    page.tap("#invitation [data-close]")
    page.driver.execute_script("document.querySelector('#people-close').click()")
    parts = urlsplit(found)
    return f"{parts.path}?{parts.query}"


def comes(person: Person, address: str, name: str = "") -> None:
    """Open an invitation and come in."""
    page = person()
    page.open(person.origin + address)
    page.write("#join-nick", name or person.name)
    page.tap("#join button[type=submit]")
    page.one("#words")


def fact(shop: Shop, statement: str, **values: object) -> None:
    """Change a fact in the shop's own database, as a turn would."""

    async def change(url: str) -> None:
        async with database.connected(url) as engine, engine.begin() as connection:
            await connection.execute(text(statement), values)

    with servers(shop.home, None, None) as running:
        asyncio.run(change(running.database_url))


def goes_private(shop: Shop, person: Person, words: str) -> str:
    """What a group's turn does with something personal: the member gets a talk of their own, with a first word in it."""
    conversation = "w" + secrets.token_hex(8)
    customer = customer_id("web", "", person.member())
    own = {"id": conversation, "customer": customer}
    fact(shop, _TALK, **own)
    fact(shop, "insert into sessions (conversation_id) values (:id)", id=conversation)
    fact(shop, _WORDS, id=conversation, text=words)
    fact(
        shop,
        "update members set private_id = :private where conversation_id = :room and id = :member",
        private=conversation, room=person.conversation(), member=person.member(),
    )  # fmt: skip
    return conversation
