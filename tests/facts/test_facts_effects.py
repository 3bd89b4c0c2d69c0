"""What followed what we said, out of real talks: only what was sent, credited once, to people, and each store its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from facts_rig import NOON, accept, an_arrival, answered, conversation, finish, outbox, rows, take
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import effects, erasure, events
from bot.db.events import Deed
from bot.db.floors import Floors
from bot.db.people import Who, persons
from bot.db.scoped import scoped
from bot.db.users import Role, User
from bot.effect import By, Effect, Rate, Trial
from bot.model import Card, Speech

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = NOON + 10 * DAY
"""All windows are over."""


class Shop:
    """Talks with shoppers whose clock is told with every step."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._count = 0

    async def writes(self, external: str = "wm1", after: timedelta = timedelta(), **trace: Any) -> int:
        """A shopper writes; what was understood of it is told by ``trace``."""
        self._count += 1
        await accept(self.engine, an_arrival(f"m{self._count}", "在吗", external), at=NOON + after)
        ids = await rows(self.engine, "select max(id) as id from inbox")
        if trace:
            await answered(self.engine, external=external)
            await self.run("update inbox set trace = cast(:trace as jsonb) where id = :id", id=ids[0]["id"], trace=_json(trace))
        return int(ids[0]["id"])

    async def says(
        self, script: str, external: str = "wm1", after: timedelta = timedelta(), state: str = "sent", **more: Any
    ) -> None:
        """The assistant answers, and the platform takes it, or not."""
        await self.writes(external, after - MINUTE)
        cards = tuple(Card(title="霜", sku=sku) for sku in more.pop("cards", ()))
        entry = {"entry": {"id": more.pop("entry"), "version": "v"}} if "entry" in more else {}
        trace = {"script": {"id": script, "variant": 0, "version": "v", **more}, **entry}
        await answered(self.engine, Speech("好的", cards=cards, trace=trace), external=external)
        await self.leaves(external, after, state)

    async def leaves(self, external: str = "wm1", after: timedelta = timedelta(), state: str = "sent") -> None:
        """What waits in the outbox goes out."""
        while (taken := await take(self.engine, external, at=NOON + after)) is not None and taken.verdict == "go":
            assert taken.outgoing is not None
            await finish(self.engine, taken.outgoing, state, at=NOON + after)
            if state != "sent":
                return

    async def does(self, kind: Any, sku: str = "p1", external: str = "wm1", after: timedelta = HOUR, source: str = "go") -> None:
        """Something with a product."""
        self._count += 1
        async with self.engine.begin() as connection:
            (person,) = await persons(connection, [Who(channel="wecom_kf", external=external)])
            assert person is not None
            await events.record(connection, [Deed(person, sku, kind, NOON + after, source, f"k{self._count}")])

    async def wishes(self, kind: str = "asked", external: str = "wm1", after: timedelta = HOUR) -> None:
        """A person is wanted."""
        await self.run(
            "insert into handovers (conversation_id, reason, kind, state, created_at) values (:id, '找人', :kind, 'closed', :at)",
            id=conversation(external), kind=kind, at=NOON + after,
        )  # fmt: skip

    async def belongs(self, external: str, store: str) -> None:
        """The shopper is a store's."""
        await self.run("update customers set store = :store where external = :id", store=store, id=external)

    async def run(self, statement: str, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def effects(self, by: By = "script", who: User | None = None, **span: Any) -> Mapping[str, Effect]:
        """By the label's parts, as one word."""
        since, until, now = span.get("since", NOON - DAY), span.get("until", NOON + 5 * DAY), span.get("now", LATER)
        async with self.engine.begin() if who is None else scoped(self.engine, who) as connection:
            found = await effects.effects(connection, since, until, by, now=now)
        parts = [(one.label.id, one.label.wording, one.label.experiment, one.label.arm) for one in found]
        return {"/".join(filter(None, part)): one for part, one in zip(parts, found, strict=True)}


def _json(value: object) -> str:
    return str(value).replace("'", '"')


@pytest.fixture
def shop(engine: AsyncEngine) -> Shop:
    return Shop(engine)


def viewer(role: Role, store: str | None = None) -> User:
    return User(role, role, None, store, must_change=False)


# --- what was said


async def test_only_what_the_platform_took_was_said(shop: Shop) -> None:
    await shop.says("greet", "wm1")
    await shop.says("greet", "wm2", state="failed")
    await shop.writes("wm3", -MINUTE)
    await answered(shop.engine, Speech("好的", trace={"script": {"id": "greet"}}), external="wm3")
    assert {row["state"] for row in await outbox(shop.engine)} == {"sent", "failed", "pending"}
    assert (await shop.effects())["greet"].sent == 1


async def test_what_the_platform_reports_as_failed_later_was_not_said(shop: Shop) -> None:
    await shop.says("greet")
    await shop.run("update messages set failure = '被拒收' where msgid is not null")
    assert await shop.effects() == {}


async def test_each_way_of_counting_names_its_own(shop: Shop) -> None:
    await shop.says("greet", wording="w1", experiment="e1", arm="A", entry="ship")
    await shop.says("greet", "wm2", version="old")
    assert list(await shop.effects("script")) == ["greet"]
    assert sorted(await shop.effects("wording")) == ["greet/old/0", "greet/w1"]
    assert list(await shop.effects("arm")) == ["greet/e1/A"]
    assert list(await shop.effects("entry")) == ["ship"]


async def test_days_bound_what_was_said_but_not_what_followed(shop: Shop) -> None:
    await shop.says("greet", after=timedelta())
    await shop.writes(after=2 * HOUR)
    assert await shop.effects(until=NOON) == {}
    assert await shop.effects(since=NOON + MINUTE) == {}
    found = await shop.effects(until=NOON + MINUTE)
    assert found["greet"].rate("answer").did == 1


# --- what followed


async def test_whoever_writes_within_a_day_answered(shop: Shop) -> None:
    await shop.says("greet", "wm1")
    await shop.writes("wm1", after=23 * HOUR)
    await shop.says("greet", "wm2")
    await shop.writes("wm2", after=25 * HOUR)
    found = (await shop.effects())["greet"]
    assert (found.sent, found.people, found.rate("answer")) == (2, 2, Rate(1, 2, 1, 2))
    assert found.rate("answer").interval == pytest.approx((0.0945, 0.9055), abs=1e-4)


async def test_an_answer_belongs_to_the_last_thing_that_was_said(shop: Shop) -> None:
    await shop.says("greet")
    await shop.says("push", after=2 * HOUR)
    await shop.writes(after=3 * HOUR)
    found = await shop.effects()
    # what was written before the second one was said is an answer to the first
    assert (found["greet"].rate("answer").did, found["push"].rate("answer").did) == (1, 1)
    assert found["push"].rate("answer").followed == 1
    await shop.run("delete from messages where author = 'shopper' and at < :at", at=NOON + 2 * HOUR)
    found = await shop.effects()
    assert (found["greet"].rate("answer").did, found["push"].rate("answer").did) == (0, 1)


async def test_after_a_guides_word_nothing_belongs_to_the_assistant(shop: Shop) -> None:
    await shop.says("greet")
    said = an_arrival("g1", "您好", sent_at=NOON + MINUTE, role="guide", sender="wangjie", takes_over="wangjie")
    await accept(shop.engine, replace(said, settled=("silent", "导购说的")), at=NOON + MINUTE)
    await shop.writes(after=HOUR)
    assert (await shop.effects())["greet"].rate("answer").did == 0


async def test_lines_of_one_turn_share_what_follows_and_a_deed_is_counted_once_for_each(shop: Shop) -> None:
    await shop.writes(after=-MINUTE)
    trace = {"entry": {"id": "ship", "version": "v"}}
    lines = [Speech(one, trace={**trace, "script": {"id": one}}) for one in ("answer", "offer")]
    await answered(shop.engine, *lines)
    await shop.leaves()
    await shop.writes(after=HOUR)
    found = await shop.effects()
    assert {name: (one.sent, one.rate("answer").did) for name, one in found.items()} == {"answer": (1, 1), "offer": (1, 1)}
    assert (await shop.effects("entry"))["ship"].sent == 1


async def test_lines_that_were_joined_in_one_message_both_count(shop: Shop) -> None:
    await shop.writes(after=-MINUTE)
    joined = {"joined": [{"script": {"id": "one"}, "entry": {"id": "ship"}}, {"script": {"id": "two"}, "entry": {"id": "ship"}}]}
    await answered(shop.engine, Speech("好的", trace=joined))
    await shop.leaves()
    assert sorted(await shop.effects()) == ["one", "two"]
    assert (await shop.effects("entry"))["ship"].sent == 1


async def test_somebody_who_heard_it_ten_times_is_one_person(shop: Shop) -> None:
    for hour in range(10):
        await shop.says("greet", after=2 * hour * HOUR)
    await shop.says("greet", "wm2")
    found = (await shop.effects())["greet"]
    assert (found.sent, found.people) == (11, 2)
    # nine of the ten were followed by a word before the next one
    assert found.rate("answer") == Rate(1, 2, 9, 11)


async def test_two_customers_of_one_unionid_are_one_person(shop: Shop) -> None:
    for external in ("wm1", "wm2"):
        await shop.says("greet", external)
    await shop.run("update customers set unionid = 'u1'")
    await shop.does("buy", external="wm2")
    found = (await shop.effects())["greet"]
    assert (found.people, found.rate("buy").did, found.rate("buy").followed) == (1, 1, 1)


async def test_thanks_complaints_and_opting_out_are_told_apart(shop: Shop) -> None:
    told = {"wm1": {"intent": "thank"}, "wm2": {"intent": "affirm"}, "wm3": {"intent": "complain", "route": "complain"},
            "wm4": {"intent": "complain", "route": "person_speaks", "confidence": 0.9},
            "wm5": {"intent": "complain", "route": "person_speaks", "confidence": 0.3},
            "wm6": {"intent": "opt_out", "route": "opt_out"}, "wm7": {"intent": "greet", "route": "greet"}}  # fmt: skip
    for external, trace in told.items():
        await shop.says("greet", external)
        await shop.writes(external, HOUR, **trace)
    found = (await shop.effects())["greet"]
    assert {m: found.rate(m).did for m in ("answer", "good", "complaint", "optout")} == {
        "answer": 7, "good": 2, "complaint": 2, "optout": 1,
    }  # fmt: skip


async def test_a_wish_for_a_person_counts_and_a_guide_who_steps_in_does_not(shop: Shop) -> None:
    for kind in ("asked", "taken", "failure", "anger"):
        await shop.says("greet", f"wm-{kind}")
        await shop.wishes(kind, f"wm-{kind}")
    found = (await shop.effects())["greet"]
    assert (found.rate("handover").did, found.rate("complaint").did) == (2, 1)


async def test_whoever_opts_out_within_a_day_is_counted_however_they_said_so(shop: Shop) -> None:
    await shop.says("push", "wm1")
    await shop.says("push", "wm2")
    await shop.run("update customers set opted_out_at = :at where external = 'wm1'", at=NOON + HOUR)
    await shop.run("update customers set opted_out_at = :at where external = 'wm2'", at=NOON + 30 * HOUR)
    assert (await shop.effects())["push"].rate("optout") == Rate(1, 2, 1, 2)


async def test_a_purchase_within_a_week_counts_for_the_last_touch_and_not_what_came_back(shop: Shop) -> None:
    await shop.says("offer", "wm1")
    await shop.does("buy", "p1", "wm1", 6 * DAY)
    await shop.says("offer", "wm2")
    await shop.does("buy", "p1", "wm2", 8 * DAY)
    await shop.says("offer", "wm3")
    await shop.does("buy", "p2", "wm3", DAY)
    await shop.does("return", "p2", "wm3", 9 * DAY)
    await shop.says("offer", "wm4")
    await shop.does("buy", "p1", "wm4", -HOUR)
    found = (await shop.effects(now=NOON + 20 * DAY))["offer"]
    assert found.rate("buy") == Rate(1, 4, 1, 4)


async def test_a_click_belongs_to_the_message_that_showed_it_and_else_to_the_last_touch_of_our_links(shop: Shop) -> None:
    await shop.says("shelf", cards=["p1", "p2"])
    await shop.says("answer", after=2 * HOUR)
    await shop.does("click", "p1", after=3 * HOUR)
    await shop.does("click", "p1", after=4 * HOUR, source="api")
    await shop.does("click", "p9", after=5 * HOUR, source="api")
    found = await shop.effects()
    assert (found["shelf"].rate("click").did, found["answer"].rate("click").did) == (1, 0)
    await shop.does("click", "p9", after=5 * HOUR)
    assert (await shop.effects())["answer"].rate("click").did == 1
    await shop.says("shelf", "wm2", cards=["p1"])
    await shop.does("click", "p1", "wm2", 4 * DAY)
    assert (await shop.effects())["shelf"].rate("click") == Rate(1, 2, 1, 2)


async def test_what_is_not_over_yet_is_not_held_against_anybody(shop: Shop) -> None:
    await shop.says("greet")
    found = (await shop.effects(now=NOON + 2 * DAY))["greet"]
    assert {m: found.rate(m).of for m in ("answer", "click", "buy")} == {"answer": 1, "click": 0, "buy": 0}


async def test_in_a_group_it_is_counted_and_takes_part_in_no_share(shop: Shop) -> None:
    await shop.says("post")
    await shop.run("update conversations set is_group = true")
    await shop.does("buy")
    await shop.writes(after=HOUR)
    found = (await shop.effects())["post"]
    assert (found.sent, found.people, found.in_groups) == (0, 0, 1)
    assert {found.rate(measure).of for measure in ("answer", "buy")} == {0}


async def test_of_whoever_was_erased_nothing_is_left(shop: Shop) -> None:
    await shop.says("greet")
    await shop.does("buy")
    upto = await shop.writes(after=HOUR)
    async with shop.engine.begin() as connection:
        found = await erasure.reach(connection, upto)
        await Floors.locked(connection, list(found.conversations))
        await erasure.erase(connection, found, NOON + HOUR)
    assert await shop.effects() == {}


# --- who sees what


async def test_a_lead_sees_the_figures_of_their_own_stores_shoppers_alone(shop: Shop) -> None:
    for external, store in (("wm1", "sh1"), ("wm2", "sh1"), ("wm3", "hz")):
        await shop.says("greet", external)
        await shop.belongs(external, store)
        await shop.does("buy", external=external)
    assert (await shop.effects(who=viewer("admin")))["greet"].rate("buy").did == 3
    theirs = (await shop.effects(who=viewer("lead", "sh1")))["greet"]
    assert (theirs.sent, theirs.people, theirs.rate("buy").did) == (2, 2, 2)
    assert (await shop.effects(who=viewer("editor", "hz")))["greet"].sent == 1
    assert await shop.effects(who=viewer("lead", "nowhere")) == {}


async def test_a_purchase_of_another_stores_customer_is_not_shown_though_it_is_the_same_person(shop: Shop) -> None:
    for external, store in (("wm1", "sh1"), ("wm2", "hz")):
        await shop.says("greet", external)
        await shop.belongs(external, store)
    await shop.run("update customers set unionid = 'u1'")
    await shop.does("buy", external="wm2")
    assert (await shop.effects())["greet"].rate("buy").did == 1
    buyers = await rows(shop.engine, "select p.store from events e join customers p on p.id = e.customer_id")
    hidden = {"sh1", "hz"} - {row["store"] for row in buyers}
    assert (await shop.effects(who=viewer("lead", hidden.pop())))["greet"].rate("buy").did == 0


async def test_the_transaction_is_the_viewers_again_afterwards(shop: Shop) -> None:
    await shop.says("greet", "wm1")
    await shop.belongs("wm1", "hz")
    async with scoped(shop.engine, viewer("lead", "sh1")) as connection:
        await effects.all_effects(connection, NOON - DAY, NOON + DAY, now=LATER)
        settings = "select current_user, current_setting('daogou.stores'), current_setting('enable_seqscan')"
        assert (await connection.execute(text(settings))).one() == ("daogou_desk", "sh1", "off")
        assert (await connection.execute(text("select count(*) from messages"))).scalar_one() == 0
        with pytest.raises(TypeError):
            await effects.all_effects(connection, NOON - DAY, None, now=LATER)  # type: ignore[arg-type]
        assert (await connection.execute(text("select count(*) from messages"))).scalar_one() == 0


# --- experiments


async def test_a_verdict_counts_people_from_their_first_message_of_the_experiment(shop: Shop) -> None:
    for n, arm in enumerate("AABB"):
        await shop.says("greet", f"wm{n}", experiment="e1", arm=arm, wording=arm)
    await shop.says("other", "wm0", HOUR)
    await shop.writes("wm0", 2 * HOUR)
    await shop.says("greet", "wm9", experiment="old", arm="A")
    trial = Trial("e1", "greet", {"A": 1.0, "B": 1.0}, NOON - DAY)
    async with shop.engine.begin() as connection:
        (found,) = await effects.verdicts(connection, [trial], now=LATER)
    told = {arm.name: (arm.people, arm.shares["answer"].of, arm.shares["answer"].did) for arm in found.compared.arms}
    assert told == {"A": (2, 2, 1), "B": (2, 2, 0)}
    assert found.kind == "early"


async def test_a_leads_verdict_is_made_of_their_own_stores_people(shop: Shop) -> None:
    for n, (arm, store) in enumerate((("A", "sh1"), ("B", "hz"))):
        await shop.says("greet", f"wm{n}", experiment="e1", arm=arm)
        await shop.belongs(f"wm{n}", store)
    trial = Trial("e1", "greet", {"A": 1.0, "B": 1.0}, NOON - DAY)
    async with scoped(shop.engine, viewer("lead", "hz")) as connection:
        (found,) = await effects.verdicts(connection, [trial], now=LATER)
    assert [arm.people for arm in found.compared.arms] == [0, 1]


async def test_what_was_said_after_the_experiment_does_not_count(shop: Shop) -> None:
    await shop.says("greet", "wm1", experiment="e1", arm="A")
    await shop.says("greet", "wm2", 3 * DAY, experiment="e1", arm="B")
    trial = Trial("e1", "greet", {"A": 1.0, "B": 1.0}, NOON - DAY, until=NOON + DAY)
    async with shop.engine.begin() as connection:
        (found,) = await effects.verdicts(connection, [trial], now=LATER)
    assert [arm.people for arm in found.compared.arms] == [1, 0]
