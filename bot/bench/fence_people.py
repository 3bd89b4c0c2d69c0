"""The desk, the platform's own client and the timers of an interleaving on PostgreSQL, and the books at its end."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import ownership
from bot.bench.fence_actual import System
from bot.bench.fence_model import GUIDES, RETURN_AFTER
from bot.bench.fence_oracle import Books, Heard, Span, Spoken
from bot.bench.fence_platform import SERVICER, Platform
from bot.db import moving, reception, sweeps
from bot.db.codec import speech_to_json
from bot.db.floors import Floors
from bot.db.moving import Receiver, Transfer
from bot.db.users import User
from bot.errors import BadRequestError
from bot.ids import msgid
from bot.model import Speech
from bot.ownership import Floor

_VIEWERS = tuple(User(name, "guide", name, "s1", must_change=False) for name in GUIDES)
_Heard = tuple[datetime | None, datetime | None]
"""When a person last spoke, and when the shopper last wrote."""
_REPLIES = 12
_PUSHES = 4
_PUSH = text(
    """
    insert into outbox (msgid, conversation_id, author, epoch, speech)
    values (:msgid, :id, 'bot', :epoch, cast(:speech as jsonb)) on conflict (msgid) do nothing
    """
)
_HEARD = text(
    """
    select (select max(created_at) from outbox where conversation_id = :id and author = 'guide') as said,
        (select max(at) from messages where conversation_id = :id and author = 'guide') as spoke,
        (select max(received_at) from inbox where conversation_id = :id and kind = 'text' and sender is null) as wrote
    """
)
_BUSY = text(
    """
    select exists (select from inbox where conversation_id = :id and state = 'new')
        or exists (select from outbox where conversation_id = :id and state in ('pending', 'sending'))
    """
)
_INBOX = text(
    "select id, platform_id, outcome from inbox where conversation_id = :id and kind = 'text' and sender is null order by id"
)
_OUTBOX = text(
    """
    select id, msgid, author, state, epoch, coalesce(speech -> 'answers', '[]'::jsonb) as answers,
        coalesce(cast(speech ->> 'pushed' as bool), false) as pushed
    from outbox where conversation_id = :id order by id
    """
)


class Actual(System):
    """Everybody who acts in one conversation."""

    replies = pushes = 0
    """Words of the guides and of the timers so far."""

    async def _deed(self, deed: Callable[[], Awaitable[Floor | None]]) -> bool:
        """Something done at the desk; False where it was refused."""
        before = self.tick()
        try:
            await deed()
        except BadRequestError:
            return False
        await self.look(before)
        return True

    async def _holds(self, who: int) -> bool:
        floor = await self.floor()
        return floor.owner == "human" and floor.guide == GUIDES[who]

    async def claim(self, who: int, luck: float) -> None:
        """A guide takes the talk, unless a colleague has it."""
        del luck
        if await self._deed(lambda: reception.claim(self.engine, _VIEWERS[who], self.id, self.now)):
            self.claims[who] = True

    async def confirm(self, who: int, luck: float) -> None:
        """They are told so, once nothing of the bot is on its way."""
        del luck
        if self.claims[who] and await sweeps.quiet(self.engine, self.id, self.now):
            self.claims[who] = False
            floor = await self.floor()
            if floor.owner == "human" and floor.guide == GUIDES[who]:
                self.spans.append((floor.epoch, Span("desk", self.tick())))

    async def reply(self, who: int, luck: float) -> None:
        """They speak; now and then the same request comes twice."""
        if self.replies < _REPLIES:
            self.replies += luck > 0.2
            said = (f"{self.name}-{self.replies}", "我来帮您。")
            await self._deed(lambda: reception.reply(self.engine, _VIEWERS[who], self.id, said, self.now))

    async def hand_back(self, who: int, luck: float) -> None:
        """They give the talk back."""
        del luck
        if await self._holds(who):
            await self._deed(lambda: reception.hand_back(self.engine, _VIEWERS[who], self.id, self.now))

    async def close(self, who: int, luck: float) -> None:
        """They end it."""
        del luck
        if await self._holds(who):
            await self._deed(lambda: reception.close(self.engine, _VIEWERS[who], self.id, self.now))

    async def transfer(self, who: int, luck: float) -> None:
        """They pass it on to the other guide, who is told as after a claim."""
        del luck
        given = Transfer(self.id, Receiver("s1", GUIDES[1 - who]))
        if await self._holds(who) and await self._deed(lambda: moving.transfer(self.engine, _VIEWERS[who], given, self.now)):
            self.claims = [who == 1, who == 0]

    # timers

    async def _timed(self, step: Callable[[Floor, _Heard], tuple[Floor, Speech | None]]) -> None:
        """A timer's transaction: what was said when is read under the lock under which the floor changes."""
        before = self.tick()
        async with self.engine.begin() as connection:
            floors = await Floors.locked(connection, [self.id])
            if self.id not in floors:
                return
            row = (await connection.execute(_HEARD, {"id": self.id})).one()
            spoke = max((one for one in (row.said, row.spoke) if one is not None), default=None)
            after, speech = step(floors[self.id], (spoke, row.wrote))
            floors.change(self.id, lambda _: after)
            await floors.store(connection, self.now)
            if speech is not None:
                await self._push(connection, after, speech, before)
        await self.look(before)

    async def _push(self, connection: AsyncConnection, floor: Floor, speech: Speech, seen: int) -> None:
        self.pushes += 1
        own = msgid("push", self.id, str(self.pushes))
        self.thought[own] = seen
        values = {"msgid": own, "id": self.id, "epoch": floor.epoch, "speech": speech_to_json(speech)}
        await connection.execute(_PUSH, values)

    async def requeue(self, who: int, luck: float) -> None:
        """The person does not answer: the shopper waits for another one."""
        del who, luck

        def step(floor: Floor, heard: _Heard) -> tuple[Floor, Speech | None]:
            spoke, wrote = heard
            late = wrote is not None and (spoke is None or wrote > spoke)
            return (ownership.queued_again(floor, self.now) if late and floor.guide != SERVICER else floor), None

        await self._timed(step)

    async def look_back(self, who: int, luck: float) -> None:
        """Only the model has the timer that reads without a lock."""

    async def give_back(self, who: int, luck: float) -> None:
        """Automatic return with a closing line."""
        del who, luck

        def step(floor: Floor, heard: _Heard) -> tuple[Floor, Speech | None]:
            if not ownership.fell_silent(floor, heard, self.now, RETURN_AFTER):
                return floor, None
            return ownership.handed_back(floor, self.now), Speech("还有需要随时叫我。", pushed=True)

        await self._timed(step)

    async def push(self, who: int, luck: float) -> None:
        """A mass send or a timer's line."""
        del who, luck
        if self.pushes < _PUSHES:
            said = Speech("今天会员日。", pushed=True)
            await self._timed(lambda floor, _: (floor, said if ownership.may_push(floor) else None))

    # the end

    async def busy(self) -> bool:
        """Whether anything waits for a turn or for the courier."""
        async with self.engine.connect() as connection:
            return bool((await connection.execute(_BUSY, {"id": self.id})).scalar_one())

    async def books(self) -> Books:
        """For the judge."""
        floor = await self.floor()
        async with self.engine.connect() as connection:
            heard = (await connection.execute(_INBOX, {"id": self.id})).all()
            spoken = (await connection.execute(_OUTBOX, {"id": self.id})).all()
        person = floor.owner == "human"
        return Books(
            said=self.platform.said,
            heard=[
                Heard(row.id, row.outcome, self.settled.get(row.id, 0), self.withdrawn.get(row.platform_id, 0)) for row in heard
            ],
            spoken=[
                Spoken(
                    row.id,
                    row.author,
                    row.state,
                    tuple(row.answers),
                    self.thought.get(row.msgid, 0),
                    person or row.epoch != floor.epoch or row.pushed,
                    row.pushed,
                )
                for row in spoken
            ],
            delivered=self.platform.delivered,
            spans=[span for _, span in self.spans],
            waits=[span for _, span in self.waits],
            stuck=person and floor.guide == SERVICER and not self.platform.served,
        )


def _phone(deed: Callable[[Platform, datetime], None]) -> Callable[[Actual, int, float], Awaitable[None]]:
    async def act(actual: Actual, who: int, luck: float) -> None:
        del who, luck
        await actual.phone(deed)

    return act


ACTS: Mapping[str, Callable[[Actual, int, float], Awaitable[None]]] = {
    "write": Actual.write,
    "recall": Actual.recall,
    "pull": Actual.pull,
    "worker": Actual.worker,
    "courier": Actual.courier,
    "kill_worker": Actual.kill_worker,
    "kill_courier": Actual.kill_courier,
    "restart": Actual.restart,
    "claim": Actual.claim,
    "confirm": Actual.confirm,
    "reply": Actual.reply,
    "hand_back": Actual.hand_back,
    "close": Actual.close,
    "transfer": Actual.transfer,
    "phone_take": _phone(Platform.take),
    "phone_reply": _phone(Platform.reply),
    "phone_end": _phone(Platform.end),
    "requeue": Actual.requeue,
    "look_back": Actual.look_back,
    "return": Actual.give_back,
    "push": Actual.push,
}
"""What each draw does, by its name."""
