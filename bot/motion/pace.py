"""A pace that all processes keep together: at most so many in any so many seconds."""

from datetime import datetime

from bot.motion.connection import Client

_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
local room = tonumber(ARGV[3]) - redis.call('ZCARD', KEYS[1])
local taken = math.max(0, math.min(room, tonumber(ARGV[4])))
for n = 1, taken do redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1] .. ':' .. redis.call('INCR', KEYS[2])) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2] * 10)
return taken
"""


class Pace:
    """A sliding window in Redis."""

    def __init__(self, client: Client, name: str, most: int, seconds: float) -> None:
        self._script = client.register_script(_TAKE)
        self._keys = [f"daogou:{{pace:{name}}}", f"daogou:{{pace:{name}}}:n"]
        self._most = most
        self._window = round(seconds * 1000)

    async def take(self, wanted: int, now: datetime) -> int:
        """How many of the wanted may go now; they count from now on. Raises what Redis raises (``MOTION_FAULTS``)."""
        moment = round(now.timestamp() * 1000)
        return int(await self._script(keys=self._keys, args=[moment, self._window, self._most, wanted]))
