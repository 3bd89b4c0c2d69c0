"""The shopper's calls below ``/api/chat``, of talks and of rooms, as ``/api/openapi.json`` describes them."""

from collections.abc import Mapping

from bot.front import shapes
from bot.front.openapi_call import SHOPPER, Call

_ROOM = "/api/chat/{conversation}"
_LEFT = "no longer in the room, or not a member's token"

CHAT: Mapping[tuple[str, str], Call] = {
    ("POST", "/api/chat"): Call(
        "Make a conversation or a group room", {201: "{conversation, token}", 429: "too many"}, shapes.NewChat
    ),
    ("GET", f"{_ROOM}/room"): Call(
        "What stands on a room's door, for a member or whoever is invited",
        {200: "{name, people, you?: {id, name, left}}", 401: "neither a token nor an invitation", 404: "no such room"},
        query=("join",),
        security=SHOPPER,
    ),
    ("GET", f"{_ROOM}/invitation"): Call(
        "An address that lets people into the room; state is the code (活码) by which they come",
        {200: "{join, url}", 403: _LEFT, 409: "a talk of two"},
        query=("state",),
        security=SHOPPER,
    ),
    ("GET", f"{_ROOM}/members"): Call(
        "Who is in the room: the assistant, the guides, the members",
        {200: "{name, members: [{id, name, you?, guide?, assistant?, online?}]}", 403: _LEFT, 404: "no such room"},
        security=SHOPPER,
    ),
    ("POST", f"{_ROOM}/members"): Call(
        "Join a group room with any token of it, or with the join of an invitation. With the room's own token an App lets in its "
        "own people, whatever they are called; all others choose a name that is free and passes not for the shop; the room is "
        "told",
        {
            201: "{member, token}",
            401: "neither a token nor an invitation",
            404: "no such room",
            409: "{error: {code: name_taken | name_reserved | name_odd, suggestion}}; or room_full, not_a_group",
            429: "too many",
        },
        shapes.NewMember,
        security=SHOPPER,
    ),
    ("POST", f"{_ROOM}/leave"): Call(
        "A member leaves; their token lets them come back",
        {200: "{member, left}", 403: _LEFT, 429: "too often"},
        security=SHOPPER,
    ),
    ("POST", f"{_ROOM}/return"): Call(
        "Whoever left is there again", {200: "{member, left}", 403: _LEFT, 409: "room_full", 429: "too often"}, security=SHOPPER
    ),
    ("GET", f"{_ROOM}/private"): Call(
        "A member's own talk with the assistant, where something was moved to it",
        {200: "{conversation, token}", 403: _LEFT, 404: "there is none yet"},
        security=SHOPPER,
    ),
    ("POST", f"{_ROOM}/messages"): Call(
        "Say something; the same id again is the same message", {202: "{id}", 429: "too many"}, shapes.Said, security=SHOPPER
    ),
    ("GET", f"{_ROOM}/messages"): Call(
        "What was said: the latest, or what came after or before a message",
        {200: "{messages, state}", 403: _LEFT},
        query=("after", "before", "limit", "trace"),
        security=SHOPPER,
    ),
    ("POST", f"{_ROOM}/messages/{{message}}/recall"): Call(
        "Take back one's own message within two minutes",
        {200: "{id}", 403: "another's", 404: "no such message", 409: "too_late"},
        security=SHOPPER,
    ),
    ("GET", f"{_ROOM}/events"): Call(
        "The same as server-sent events; Last-Event-ID goes on",
        {200: "messages; events named state, typing {on, names?}, recalled {ids}, private {conversation}"},
        query=("after", "trace", "token"),
        security=SHOPPER,
        stream=True,
    ),
    ("POST", f"{_ROOM}/typing"): Call(
        "The shopper writes: a person who answers sees it, and so do the others of a room",
        {202: "seen", 429: "too often"},
        security=SHOPPER,
    ),
}
