"""Group orders in ``/api/openapi.json``."""

from collections.abc import Mapping

from bot.front import shapes_orders as shapes
from bot.front.openapi_call import STAFF, Call

_NOT_FOUND = "no such campaign for the viewer"
_LEDGER = (
    "{campaign: {id, conversation, title, state, opens_at, deadline, closed_at, version, author, terms}, "
    "menu: [{sku, name, unit, price, aliases, stock, left, wanted, n, amount}], "
    "people: [{sender, name, amount, lines: [{sku, name, n, granted, unit, note, state, confirmed, edited, messages}]}], "
    "doubts: [{id, sender, name, message, text, question, asked_at}], amount, minimum?: {reached, missing_amount, missing_n}}"
)
_CHANGED = "somebody was faster: {error: {code: changed, now}}"
_ONE = "/api/desk/campaigns/{campaign}"

ORDERS: Mapping[tuple[str, str], Call] = {
    ("GET", "/api/desk/{conversation}/campaigns"): Call(
        "Campaigns of a group's orders, the newest first",
        {200: "{campaigns: [{id, title, state, opens_at, deadline, closed_at, version, people, doubts}], open}"},
        security=STAFF,
    ),
    ("POST", "/api/desk/{conversation}/campaigns"): Call(
        "Open a campaign; a menu in words may be a line an article: 阳光玫瑰 箱 68 限20",
        {
            201: _LEDGER,
            400: "no group, or a menu that cannot be read: {error: {faults: [{line, text, why}]}}",
            409: "one is open",
        },
        shapes.NewCampaign,
        security=STAFF,
    ),
    ("GET", _ONE): Call("The running ledger", {200: _LEDGER, 404: _NOT_FOUND}, security=STAFF),
    ("POST", _ONE): Call(
        "Another title, deadline, state or stock, more articles",
        {200: _LEDGER, 404: _NOT_FOUND, 409: _CHANGED},
        shapes.CampaignChange,
        security=STAFF,
    ),
    ("POST", f"{_ONE}/lines"): Call(
        "Set what somebody takes of an article; what they write later goes on from there",
        {200: _LEDGER, 400: "not on the menu", 404: _NOT_FOUND, 409: _CHANGED},
        shapes.LineEdit,
        security=STAFF,
    ),
    ("POST", f"{_ONE}/doubts/{{doubt}}/settle"): Call(
        "Nothing is to be asked here", {200: _LEDGER, 404: "none, or it became clear by itself"}, security=STAFF
    ),
    ("GET", f"{_ONE}/export.xlsx"): Call(
        "The ledger as an Excel file: lines, sums, what is unclear",
        {200: "the file"},
        form="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        security=STAFF,
    ),
}
