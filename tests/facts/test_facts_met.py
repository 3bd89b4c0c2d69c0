"""Whether we ever spoke with a shopper is read from what was said to them, in any of their talks."""

from facts_rig import accept, an_arrival, answered, conversation, finish, take, waiting
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


async def test_silence_is_no_contact_and_a_word_is(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    assert (await waiting(engine)).conversation.customer.met is False
    await answered(engine, outcome="silent")
    await accept(engine, an_arrival("m2"))
    assert (await waiting(engine)).conversation.customer.met is False
    await answered(engine, "在的")
    taken = await take(engine)
    assert taken is not None
    assert taken.outgoing is not None
    await finish(engine, taken.outgoing)
    await accept(engine, an_arrival("m3"))
    assert (await waiting(engine)).conversation.customer.met is True


async def test_what_was_said_in_another_talk_of_the_same_shopper_counts(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"), an_arrival("m2", external="wm2"))
    for external in ("wm1", "wm2"):
        assert (await waiting(engine, external)).conversation.customer.met is False
    await answered(engine, "在的")
    taken = await take(engine)
    assert taken is not None
    assert taken.outgoing is not None
    await finish(engine, taken.outgoing)
    assert (await waiting(engine, "wm2")).conversation.customer.met is False
    async with engine.begin() as connection:
        moved = {"id": conversation("wm2"), "from": conversation()}
        await connection.execute(
            text(
                "update conversations set customer_id = (select customer_id from conversations where id = :from) where id = :id"
            ),
            moved,
        )
    assert (await waiting(engine, "wm2")).conversation.customer.met is True
