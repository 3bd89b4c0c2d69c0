"""Virtual time: a clock that is set, and due-queues whose delays pass on it; claims and leases are Valkey's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.motion.connection import Client
from bot.motion.due import Claim, DueQueue


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Where it stands."""
        return self.moment


class VirtualQueue(DueQueue):
    """A due-queue that keeps its delays in virtual time; what has become due goes through the real one, with token and lease."""

    def __init__(self, client: Client, name: str, clock: SetClock) -> None:
        super().__init__(client, name)
        self._clock = clock
        self._at: dict[str, datetime] = {}

    async def wake(self, members: Sequence[str], delay: timedelta | Sequence[timedelta] = timedelta()) -> None:
        """Make members due after ``delay`` of virtual time, unless they are due earlier already."""
        delays = [delay] * len(members) if isinstance(delay, timedelta) else delay
        for member, wait in zip(members, delays, strict=True):
            at = self._clock.moment + max(wait, timedelta())
            self._at[member] = min(at, self._at.get(member, at))

    async def ripe(self, most: int, lease: timedelta) -> tuple[Claim, ...]:
        """Up to ``most`` members whose virtual time has come, leased to us."""
        due = sorted(member for member, at in self._at.items() if at <= self._clock.moment)[:most]
        for member in due:
            del self._at[member]
        await super().wake(due)
        return (await super().claim(most, lease)).taken if due else ()

    async def release(self, claims: Sequence[tuple[Claim, timedelta | None]]) -> None:
        """Settle them in Valkey, and let those that are postponed become due in virtual time."""
        await super().release([(claim, None) for claim, _ in claims])
        for claim, delay in claims:
            if delay is not None:
                self._at[claim.member] = self._clock.moment + max(delay, timedelta())

    @property
    def waiting(self) -> int:
        """How many members will become due some time."""
        return len(self._at)
