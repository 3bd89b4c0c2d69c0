"""A room and its people, as they knock at the door."""

from aiohttp import ClientResponse

from tests.front.conftest import Door
from tests.front.test_chat import said


class Room:
    """A room and those who came in by its invitation."""

    def __init__(self, door: Door, path: str, headers: dict[str, str]) -> None:
        self.door, self.path, self.headers = door, path, headers
        self.id = path.rpartition("/")[2]
        self.join = ""
        self.ids: dict[str, str] = {}

    async def comes(self, name: str, **told: object) -> dict[str, str]:
        """Somebody comes in; their headers."""
        answer = await self.enters(name, **told)
        assert answer.status == 201, await answer.text()
        made = await answer.json()
        self.ids[name] = made["member"]
        return {"Authorization": f"Bearer {made['token']}"}

    async def enters(self, name: str, **told: object) -> ClientResponse:
        return await self.door.http.post(f"{self.path}/members", json={"name": name, "join": self.join, **told})

    async def says(self, who: dict[str, str], text: str, **told: object) -> str:
        """A member says something; the message's id as pages know it."""
        answer = await self.door.http.post(f"{self.path}/messages", json={"text": text, **told}, headers=who)
        assert answer.status == 202, await answer.text()
        ref = (await answer.json())["id"]
        return next(str(one["id"]) for one in await self.lines(who) if one.get("ref") == ref)

    async def lines(self, who: dict[str, str]) -> list[dict[str, object]]:
        return await said(self.door, self.path, who)

    async def post(self, what: str, who: dict[str, str]) -> ClientResponse:
        return await self.door.http.post(f"{self.path}/{what}", json={}, headers=who)

    async def get(self, what: str, who: dict[str, str]) -> ClientResponse:
        return await self.door.http.get(f"{self.path}/{what}", headers=who)


async def new_room(door: Door, name: str = "花友群") -> Room:
    """A new room, with the invitation to it in hand."""
    made = Room(door, *await door.chat(group=True, name=name))
    made.join = (await (await made.get("invitation", made.headers)).json())["join"]
    return made
