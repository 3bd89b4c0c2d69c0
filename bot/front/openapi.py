"""``/api/openapi.json``: what stands below ``/api/``, in OpenAPI 3.1; the request shapes are the ones that are enforced."""

import re
from collections.abc import Mapping

from aiohttp import web
from pydantic.json_schema import models_json_schema

from bot.front import console, events, shapes, wecom_desk
from bot.front.chat import json
from bot.front.openapi_call import BRAND, SHOPPER, STAFF, Call
from bot.front.openapi_chat import CHAT
from bot.front.openapi_desk import DESK
from bot.front.openapi_groups import GROUPS

_SHOPPER, _BRAND, _STAFF = SHOPPER, BRAND, STAFF
_REFERENCE = "#/components/schemas/{model}"
_PARTS = re.compile(r"{(\w+)}")


CALLS: Mapping[tuple[str, str], Call] = {
    ("GET", "/api/openapi.json"): Call("This document", {200: "OpenAPI 3.1"}),
    ("POST", "/api/login"): Call(
        "Sign in", {200: "the session cookie, {csrf}", 401: "wrong", 429: "too many"}, shapes.Credentials
    ),
    ("POST", "/api/logout"): Call("Sign out", {204: "signed out"}, security=_STAFF),
    ("GET", "/api/me"): Call("Who is signed in", {200: "{csrf, name, role, guide, store, must_change}"}, security=_STAFF),
    ("POST", "/api/password"): Call("Replace one's password", {204: "replaced"}, shapes.NewPassword, security=_STAFF),
    **CHAT,
    ("POST", "/api/chat/{conversation}/events"): Call(
        "What the shopper did with a card that was shown here",
        {202: "{recorded}", 404: "no such card was shown", 429: "too many"},
        events.Tapped,
        security=_SHOPPER,
    ),
    ("POST", "/api/events"): Call(
        "What shoppers did elsewhere (mini-program, shop, orders, CRM), at most 1000 at once; the same id is the same event",
        {
            200: "{recorded, repeated, refused, errors: [{index, id, error}]}; what is refused stops no others",
            401: "another token",
            403: "closed: DAOGOU_EVENTS_TOKEN is not set",
            413: "too many at once",
            429: "too often",
        },
        events.Delivery,
        security=_BRAND,
    ),
    **DESK,
    **GROUPS,
    ("GET", "/api/wecom/{account}/signature"): Call(
        "What wx.agentConfig wants for a page of ours",
        {200: "{corpid, agentId, timestamp, nonceStr, signature}", 400: "not our page", 502: "WeCom refused"},
        query=("url",),
        security=_STAFF,
    ),
    ("GET", "/api/wecom/{account}/contact"): Call(
        "The talk that is open in the guide's WeCom client",
        {200: "{conversation, send}", 404: "none that the viewer may see"},
        query=("external_userid", "chat_id"),
        security=_STAFF,
    ),
    ("POST", "/api/wecom/{account}/unsent"): Call(
        "The guide's client could not send what they tapped on",
        {202: "noted", 404: "not theirs"},
        wecom_desk.Unsent,
        security=_STAFF,
    ),
    ("GET", "/api/console/gaps"): Call(
        "What shoppers asked and the base leaves open, rising first",
        {200: "{days, gaps}"},
        query=("days", "limit"),
        security=_STAFF,
    ),
    ("POST", "/api/console/gaps/draft"): Call(
        "A draft entry out of a gap", {201: "{draft}", 404: "no such gap any more"}, console.FromGap, security=_STAFF
    ),
    ("POST", "/api/console/gaps/aside"): Call(
        "A question that is none of ours", {204: "set aside"}, console.Aside, security=_STAFF
    ),
    ("GET", "/api/console/drafts"): Call("Draft entries", {200: "{drafts}"}, query=("state",), security=_STAFF),
    ("POST", "/api/console/drafts"): Call("Write a draft by hand", {201: "{draft}"}, console.NewDraft, security=_STAFF),
    ("GET", "/api/console/drafts/{draft}"): Call("One draft", {200: "{draft}", 404: "none"}, security=_STAFF),
    ("POST", "/api/console/drafts/{draft}"): Call(
        "Change a draft", {200: "{draft}", 404: "none, or dismissed"}, console.SavedDraft, security=_STAFF
    ),
    ("POST", "/api/console/drafts/{draft}/publish"): Call(
        "Make a draft live; leads and admins", {200: "{release}", 422: "it cannot go live: {error: {reasons}}"}, security=_STAFF
    ),
    ("POST", "/api/console/drafts/{draft}/dismiss"): Call("Throw a draft away", {204: "dismissed", 404: "none"}, security=_STAFF),
    ("POST", "/api/console/trial"): Call(
        "What a question is answered today and with a draft",
        {200: "{now, then}", 422: "not whole"},
        console.Trying,
        security=_STAFF,
    ),
    ("GET", "/api/console/pairs"): Call(
        "Entries that say the same or contradict each other", {200: "{pairs}"}, query=("limit",), security=_STAFF
    ),
}
_SHAPES = sorted({call.shape for call in CALLS.values() if call.shape is not None}, key=lambda shape: shape.__name__)


async def document(request: web.Request) -> web.Response:
    """``GET /api/openapi.json``."""
    del request
    return json(described())


def described() -> dict[str, object]:
    """The whole document."""
    _, schemas = models_json_schema([(shape, "validation") for shape in _SHAPES], ref_template=_REFERENCE)
    paths: dict[str, dict[str, object]] = {}
    for (method, path), call in CALLS.items():
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, call)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Daogou",
            "version": "1",
            "description": 'Errors are {"error": {"code", "message"}} with a 4xx or 5xx.',
        },
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "from POST /api/chat or …/members"},
                "events": {"type": "http", "scheme": "bearer", "description": "DAOGOU_EVENTS_TOKEN of the server"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "daogou_session",
                    "description": "from POST /api/login; calls that change something also send X-CSRF-Token",
                },
            },
        },
    }


def _operation(method: str, path: str, call: Call) -> dict[str, object]:
    name = f"{method.lower()}_{path.removeprefix('/api/').replace('/', '_').replace('{', '').replace('}', '').replace('.', '_')}"
    parameters: list[dict[str, object]] = [{"name": one, "in": "query", "schema": {"type": "string"}} for one in call.query]
    parts = _PARTS.findall(path)
    parameters += [{"name": part, "in": "path", "required": True, "schema": {"type": "string"}} for part in parts]
    kind = "text/event-stream" if call.stream else call.form
    answers = {
        str(status): {"description": words, **({"content": {kind: {"schema": {}}}} if status != 204 else {})}
        for status, words in call.answers.items()
    }
    found: dict[str, object] = {"operationId": name, "summary": call.summary, "responses": answers}
    if parameters:
        found["parameters"] = parameters
    if call.shape is not None:
        reference = {"$ref": _REFERENCE.format(model=call.shape.__name__)}
        found["requestBody"] = {"content": {"application/json": {"schema": reference}}}
    if call.security is not None:
        found["security"] = call.security
    return found
