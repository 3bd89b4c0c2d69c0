"""Whatever dies, stumbles or repeats itself: nothing is lost, nothing is said twice, nothing is out of order."""

import pytest

from bot.bench import fire


@pytest.mark.fire
async def test_the_books_agree_after_a_fire() -> None:
    outcome = await fire.trial(fire.Trial(seconds=25, seed=20, shoppers=150, visitors=20, guides=3))

    assert outcome.ok, fire.told(outcome)
    assert outcome.said > 300
    assert outcome.posted > 20
    assert outcome.delivered > 100
    assert all(outcome.hazards.values())
