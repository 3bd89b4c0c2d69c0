"""Random shops, random shoppers, random wishes: how often an answer breaks a hard limit. It must be never.

The judge is `recommend_judge`, which shares no code with the recommender.
"""

from collections import Counter
from random import Random

from bot.bench import recommend_worlds as worlds
from bot.bench.nlu_plan import heard, table
from bot.bench.recommend_judge import faults
from bot.bench.recommend_plan import Bench
from recommender import Recommender

_EACH = 50
"""Wishes in one shop."""


def measure(bench: Bench) -> str:
    """A table: what was asked, what was shown, what was broken."""
    random = Random(bench.plan.seed)  # noqa: S311  (nothing secret)
    broken, shown, empty, asked = Counter[str](), 0, 0, 0
    progress = heard(bench.say, "limits")
    bases = Counter[str]()
    while asked < bench.plan.queries:
        world = worlds.world(random)
        shop = Recommender.build(world.products, worlds.KINDS, world.rules, world.events, worlds.ZONE)
        for _ in range(_EACH):
            shopper, wish, at = worlds.shopper(random), worlds.wish(random), worlds.moment(random)
            found = shop.recommend(shopper, wish, limit=random.randint(1, 6), at=at)
            broken.update(faults(world, shopper, wish, at, found))
            shown, empty, asked = shown + len(found.items), empty + (not found.items), asked + 1
            bases[found.basis] += 1
        progress("wishes", asked, bench.plan.queries)
    rows = [
        ("wishes", str(asked)),
        ("products shown", str(shown)),
        ("answers without a product", str(empty)),
        ("answers by what they stand on", ", ".join(f"{name} {n}" for name, n in sorted(bases.items()))),
        ("**hard limits broken**", f"**{sum(broken.values())}** {dict(broken) if broken else ''}".strip()),
    ]
    return table(("random worlds", ""), rows)
