"""The real system in processes of its own, and a headless Chromium before it; for the tests and for the pictures."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

CHECKOUT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
MISSING = "需要 /usr/bin/chromium 和 /usr/bin/chromedriver：apt-get install chromium chromium-driver fonts-noto-cjk"
T = TypeVar("T")
PATIENCE = 45.0
"""Seconds that anything on a page may take on a loaded machine."""
_PASSING = (StaleElementReferenceException, ElementClickInterceptedException)
"""What a page that is just being redrawn may answer."""
_MOVING = "[aria-busy=true], .htmx-request, .htmx-swapping, .htmx-settling"
"""What a page marks while it fetches or redraws."""
_START = 300.0
"""Seconds until the system is ready; where no trained model is found it first trains one."""
_PHONE = (390, 844)
_TABLE = (1440, 900)
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=zh-CN",
    "--hide-scrollbars",
)


def present() -> bool:
    """Whether this machine has the browser."""
    return CHROMIUM.exists() and DRIVER.exists()


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Shop:
    """A running ``daogou serve``."""

    url: str
    home: Path

    def add_guide(self, name: str, guide: str) -> str:
        """A new account of a guide; its one-time password."""
        return self.add(name, "--role", "guide", "--guide", guide)

    def add(self, name: str, *words: str) -> str:
        """A new account, made with the words of ``daogou user add``; its one-time password."""
        told = subprocess.run(
            _daogou("user", "add", name, *words),
            env=_environment(self.home), cwd=CHECKOUT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return told.stdout.split()[-1]


def _daogou(*words: str) -> list[str]:
    return [sys.executable, "-m", "bot", *words]


def _environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAOGOU_")}
    return {**kept, "DAOGOU_HOME": str(home), "PYTHONUNBUFFERED": "1", **(extra or {})}


@contextlib.contextmanager
def serve(extra: Mapping[str, str] | None = None, port: int | None = None) -> Iterator[Shop]:
    """The whole system in an empty home; the trained model is the checkout's own where it has one."""
    home = Path(tempfile.mkdtemp(prefix="daogou-browser-"))
    url = f"http://127.0.0.1:{port or free_port()}"
    own = {"DAOGOU_LISTEN": url.removeprefix("http://"), "DAOGOU_WORKSPACE": str(_never_closed(home / "workspace"))}
    environment = _environment(home, {**own, **(extra or {})})
    try:
        with _process(_daogou("serve"), environment, home / "serve.log") as running:
            _until(lambda: _answers(f"{url}/readyz"), running, home / "serve.log")
            yield Shop(url, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _never_closed(folder: Path) -> Path:
    """The demo brand, open day and night: the walks go the same way at whatever hour somebody runs them.

    In groups a guide gets six seconds instead of thirty, and nobody is welcomed in the middle of a walk.
    """
    for part in ("intents/training", "intents/spellings", "knowledge/entries", "scripts/replies", "recommender"):
        shutil.copytree(CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    brand = yaml.safe_load((CHECKOUT / "brand.yml").read_text(encoding="utf-8"))
    staff = yaml.safe_load((CHECKOUT / "guides.yml").read_text(encoding="utf-8"))
    for one, hours in (
        (brand, "hours"),
        *((store, "hours") for store in staff["stores"]),
        *((guide, "shifts") for guide in staff["guides"]),
    ):
        one.pop(hours, None)
    brand["groups"] = {**brand.get("groups", {}), "quiet_hours": "", "hold": 6, "gather": 600}
    for name, told in (("brand.yml", brand), ("guides.yml", staff)):
        (folder / name).write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return folder


@contextlib.contextmanager
def sandbox(callback: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The simulator of WeChat Customer Service; its address, and what ``serve`` must be told."""
    home = Path(tempfile.mkdtemp(prefix="daogou-sandbox-"))
    url, log = f"http://127.0.0.1:{free_port()}", home / "sandbox.log"
    command = _daogou("sandbox", "--listen", url.removeprefix("http://"), "--callback", callback)
    try:
        with _process(command, _environment(home), log) as running:
            _until(lambda: "Ctrl+C" in log.read_text(encoding="utf-8"), running, log)
            lines = [line.removeprefix("export ") for line in log.read_text(encoding="utf-8").splitlines()]
            yield url, dict(line.split("=", 1) for line in lines if line.startswith("DAOGOU_"))
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _process(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        running = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=out, stderr=out, start_new_session=True)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def _until(done: Callable[[], bool], running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START
    while not done():
        if running.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError(log.read_text(encoding="utf-8")[-3000:])
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Page:
    """A browser with one person before it."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        """Go there."""
        self.driver.get(address)

    def finds(self, address: str, css: str, words: str) -> None:
        """Go there again and again until the words stand there: on a page that shows how things were when it was opened.

        A page that is still fetching is waited for: opened anew each time it had nothing to show yet, it never would have.
        """

        def found() -> bool:
            self.open(address)
            self.settles()
            return words in self.text(css)

        self.until(found, lambda: f"{words!r} in {css} at {address}, which says {self.text(css)[-600:]!r}")

    def one(self, css: str) -> WebElement:
        """The first shown element, as soon as there is one."""
        found: WebElement = self.until(lambda: next((each for each in self.all(css) if each.is_displayed()), None), css)
        return found

    def all(self, css: str) -> list[WebElement]:
        """Every element of a kind, as it is now."""
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, css)
        return found

    def text(self, css: str) -> str:
        """What stands there."""
        return str(self.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", css))

    def sees(self, css: str, words: str) -> None:
        """Wait until the words stand there."""
        self.until(lambda: words in self.text(css), lambda: f"{words!r} in {css}, which says {self.text(css)[-600:]!r}")

    def settles(self) -> None:
        """Wait until nothing on the page is being fetched or is just taking its place."""
        self.until(lambda: not self.all(_MOVING), "the page to stand still")

    def tap(self, css: str, words: str = "") -> None:
        """Tap the last shown and enabled element of a kind that bears the words."""

        def tapped() -> bool:
            fit = [each for each in self.all(css) if words in each.text and each.is_displayed() and each.is_enabled()]
            if fit:
                fit[-1].click()
            return bool(fit)

        self.until(tapped, f"a tap on {words!r} {css}")

    def write(self, css: str, words: str) -> None:
        """Put words into a field as a paste would; keys alone cannot type every character."""
        self.one(css)
        self.driver.execute_script(
            "const box = document.querySelector(arguments[0]); box.focus(); box.value = arguments[1];"
            "box.dispatchEvent(new Event('input', { bubbles: true }))", css, words,
        )  # fmt: skip

    def until(self, found: Callable[[], T], what: str | Callable[[], str], patience: float = PATIENCE) -> T:
        """Wait for something true."""
        wait = WebDriverWait(self.driver, patience, 0.05, ignored_exceptions=_PASSING)
        try:
            return wait.until(lambda _: found())
        except Exception as error:
            raise AssertionError(f"never came: {what if isinstance(what, str) else what()}") from error

    def online(self, *, yes: bool, latency: int = 0) -> None:
        """Cut the line, or give it back, perhaps slow."""
        self.driver.execute_cdp_cmd("Network.enable", {})
        conditions = {"offline": not yes, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """No line at all meanwhile: neither for the page nor for its service workers, which have lines of their own."""
        self.online(yes=False)
        nothing = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        ends = []
        for one in self.driver.execute_cdp_cmd("Target.getTargets", {})["targetInfos"]:
            if one["type"] != "service_worker":
                continue
            wanted = {"targetId": one["targetId"], "flatten": False}
            ends.append(self.driver.execute_cdp_cmd("Target.attachToTarget", wanted)["sessionId"])
            for number, (method, told) in enumerate((("Network.enable", {}), ("Network.emulateNetworkConditions", nothing)), 1):
                message = json.dumps({"id": number, "method": method, "params": told})
                self.driver.execute_cdp_cmd("Target.sendMessageToTarget", {"sessionId": ends[-1], "message": message})
        try:
            yield
        finally:
            for end in ends:
                self.driver.execute_cdp_cmd("Target.detachFromTarget", {"sessionId": end})
            self.online(yes=True)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth"))

    def errors(self, *expected: str) -> list[str]:
        """What the console complained of since the last look, less what was expected."""
        found = [str(entry["message"]) for entry in self.driver.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]
        return [one for one in found if not any(part in one for part in expected)]

    def picture(self, path: Path) -> None:
        """A picture of what is shown."""
        self.driver.save_screenshot(str(path))


@contextlib.contextmanager
def browser(*, phone: bool = False, size: tuple[int, int] | None = None, scale: float = 1) -> Iterator[Page]:
    """A fresh browser without a past, 390 or 1440 pixels wide."""
    profile = Path(tempfile.mkdtemp(prefix="daogou-chromium-"))
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    width, height = size or (_PHONE if phone else _TABLE)
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    try:
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Shanghai"})
        yield Page(driver)
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)
