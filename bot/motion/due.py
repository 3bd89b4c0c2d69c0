"""The due-queue: which conversation is due when. Debounce, delay, retry, lease and timers are one mechanism.

A member (a conversation, a platform account) stands in a sorted set, scored by the time in milliseconds at which it is next
due. To claim it is to push its time into the future (the lease) under a token; to settle is to take it out; to postpone is
to set another time. A wake that comes while somebody holds the lease is kept aside and comes into force when they settle, so
that no member is ever worked on twice at once and no wake is lost. (The idea of one sorted set for delay, retry and lease is
that of arq, https://github.com/python-arq/arq.) All times are the server's own, so clocks of machines need not agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.motion.connection import Client

_NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) "

_WAKE = (
    _NOW
    + """
local rung = 0
for i = 1, #ARGV, 2 do
  local member, at = ARGV[i], now + tonumber(ARGV[i + 1])
  if redis.call('HEXISTS', KEYS[2], member) == 1 then
    local again = redis.call('HGET', KEYS[3], member)
    if not again or tonumber(again) > at then redis.call('HSET', KEYS[3], member, at) end
  else
    local score = redis.call('ZSCORE', KEYS[1], member)
    if not score or tonumber(score) > at then
      redis.call('ZADD', KEYS[1], at, member)
      rung = rung + 1
    end
  end
end
if rung > 0 then redis.call('PUBLISH', KEYS[1], rung) end
return rung
"""
)

# FLUSHALL starts the counter again; to the microsecond no token can then be one that was given out before.
_CLAIM = (
    _NOW
    + """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
local claimed = {}
for _, member in ipairs(due) do
  local token = t[1] .. '.' .. t[2] .. '-' .. redis.call('INCR', KEYS[4])
  redis.call('ZADD', KEYS[1], now + ARGV[2], member)
  redis.call('HSET', KEYS[2], member, token)
  claimed[#claimed + 1] = member
  claimed[#claimed + 1] = token
end
local head = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = -1
if head[2] then wait = math.max(0, tonumber(head[2]) - now) end
return {claimed, wait}
"""
)

_RELEASE = (
    _NOW
    + """
local kept = 0
for i = 1, #ARGV, 3 do
  local member, token, delay = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  if redis.call('HGET', KEYS[2], member) == token then
    redis.call('HDEL', KEYS[2], member)
    local again = redis.call('HGET', KEYS[3], member)
    redis.call('HDEL', KEYS[3], member)
    local at = again
    if delay >= 0 then at = now + delay end
    if at then
      redis.call('ZADD', KEYS[1], at, member)
      kept = kept + 1
    else
      redis.call('ZREM', KEYS[1], member)
    end
  end
end
if kept > 0 then redis.call('PUBLISH', KEYS[1], kept) end
return kept
"""
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A member that is ours until the lease runs out or we release it."""

    member: str
    token: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What was due, and how long until something else will be."""

    taken: tuple[Claim, ...]
    wait: timedelta | None
    """Until the next member is due; None when the queue is empty."""


class DueQueue:
    """One queue of members by name; ``turn``, ``send`` and ``pull`` are ours."""

    def __init__(self, client: Client, name: str) -> None:
        self.name = name
        slot = "{daogou:" + name + "}"
        # The braces put all four keys into one slot of a cluster, so that a script may touch them together.
        self._keys = [f"{slot}:due", f"{slot}:lease", f"{slot}:again", f"{slot}:token"]
        self._wake = client.register_script(_WAKE)
        self._claim = client.register_script(_CLAIM)
        self._release = client.register_script(_RELEASE)
        self._client = client

    @property
    def bell(self) -> str:
        """The publish/subscribe channel that rings when something may be due."""
        return self._keys[0]

    async def wake(self, members: Sequence[str], delay: timedelta | Sequence[timedelta] = timedelta()) -> None:
        """Make members due after ``delay`` (one for all, or one for each), unless they are due earlier already."""
        if not members:
            return
        delays = [delay] * len(members) if isinstance(delay, timedelta) else delay
        arguments: list[str | int] = []
        for member, wait in zip(members, delays, strict=True):
            arguments += [member, _milliseconds(wait)]
        await self._wake(keys=self._keys, args=arguments)

    async def claim(self, most: int, lease: timedelta) -> Claims:
        """Up to ``most`` due members, leased to us; members whose lease ran out are due again."""
        taken, wait = await self._claim(keys=self._keys, args=[most, _milliseconds(lease)])
        pairs = zip(taken[::2], taken[1::2], strict=True)
        claims = tuple(Claim(member.decode(), token.decode()) for member, token in pairs)
        return Claims(claims, None if wait < 0 else timedelta(milliseconds=int(wait)))

    async def settle(self, claims: Sequence[Claim]) -> None:
        """Done with these; one that was woken meanwhile is due again. A lease that is no longer ours is left alone."""
        await self.release([(claim, None) for claim in claims])

    async def postpone(self, claims: Sequence[Claim], delay: timedelta) -> None:
        """Give these back, due after ``delay``; a wake that came meanwhile does not shorten it."""
        await self.release([(claim, delay) for claim in claims])

    async def release(self, claims: Sequence[tuple[Claim, timedelta | None]]) -> None:
        """Postpone each by its own delay, and settle where there is none; one call for all."""
        if claims:
            arguments: list[str | int] = []
            for claim, delay in claims:
                arguments += [claim.member, claim.token, -1 if delay is None else _milliseconds(delay)]
            await self._release(keys=self._keys, args=arguments)

    async def size(self) -> int:
        """How many members wait or are being worked on."""
        return int(await self._client.zcard(self._keys[0]))


def _milliseconds(delay: timedelta) -> int:
    return max(0, round(delay.total_seconds() * 1000))
