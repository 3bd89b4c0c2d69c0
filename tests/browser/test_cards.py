"""A tap on a card is told to the shop, and the link opens in any case."""

import pytest

from tests.browser.conftest import ask
from tests.browser.rig import Page

pytestmark = pytest.mark.browser

_STAY = "document.addEventListener('click', (event) => { window.led = event.target.closest('a')?.href; event.preventDefault(); })"
_HEAR = """
window.told = [];
const real = window.fetch;
window.fetch = async (path, how) => {
  const answer = await real(path, how);
  if (path.endsWith("/events")) window.told.push([answer.status, how.keepalive, (await answer.clone().json()).recorded]);
  return answer;
};
"""


def test_a_tap_on_a_card_is_told_and_the_link_opens(shopper: Page) -> None:
    ask(shopper, "想给干皮买个面霜，两百以内")
    card = shopper.one("#talk a.product")
    shopper.driver.execute_script(_HEAR)
    shopper.driver.execute_script(_STAY)  # the shops of the demo brand do not exist
    card.click()
    assert shopper.driver.execute_script("return window.led") == card.get_attribute("href")
    assert shopper.until(lambda: shopper.driver.execute_script("return window.told"), "the tap to be told") == [[202, True, True]]
    assert shopper.errors() == []
