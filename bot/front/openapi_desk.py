"""The desk's part of ``/api/openapi.json``: what guides and leads may call."""

from collections.abc import Mapping

from bot.front import shapes_desk as shapes
from bot.front.openapi_call import STAFF, Call
from bot.front.openapi_orders import ORDERS

_NOT_FOUND = "no such talk for the viewer"
_HELD = "not held, or a colleague's: {error: {holder}}"
_TALK = "/api/desk/{conversation}"


def _call(summary: str, answers: Mapping[int, str], **more: object) -> Call:
    return Call(summary, answers, security=STAFF, **more)  # type: ignore[arg-type]  # shape, query, stream, form


_LISTS: Mapping[tuple[str, str], Call] = {
    ("GET", "/api/desk/queue"): _call(
        "Who waits for a person, by urgency, breach and wait",
        {
            200: "{places: [{conversation, name, level, owner, mine, guide, since, waited_s, store, kind, reason, urgency, "
            "wanted, assigned, offered, take_by, path, due_at, breaches, last, last_at, unread, tasks}], "
            "me: {guide, name, store, role, state, until, load, capacity}, counts: {waiting, mine, tasks_due}, bot?, failed?}"
        },
        query=("with",),
    ),
    ("GET", "/api/desk/events"): _call(
        "What an open desk should hear of; a sign of life of its guide",
        {200: "events named queue, talk, typing, alert: {id, kind, conversation, text, at, mine}", 404: _NOT_FOUND},
        query=("conversation", "with"),
        stream=True,
    ),
    ("GET", "/api/desk/scripts"): _call(
        "Scripts for guides, by words, pinyin (tuihuo) or initials (th); exact ones first, then used ones",
        {200: "{scripts: [{id, title, family, text, others, level, placeholders}]}; level: 总部, 区域, 店, 个人"},
        query=("q", "family", "conversation"),
    ),
    ("GET", "/api/desk/scripts/own"): _call(
        "What one keeps to say again; for leads also what their store shares",
        {200: "{scripts: [{id, title, family, text, others, level, mark, state: live or waiting, said?, leaves?}], shares}"},
        query=("ready", "conversation"),
    ),
    ("POST", "/api/desk/scripts/own"): _call(
        "Keep words to say again; live at once, for oneself or for one's store",
        {
            201: "{id, state: live or waiting (for somebody's approval), warnings}",
            403: "an account of no guide, or sharing by who is no lead",
            409: "somebody else changes it, or there are too many",
            422: "nothing is kept: {error: {findings: [{words, why, way_out}], suggestion?}}",
        },
        shape=shapes.NewOwnScript,
    ),
    ("POST", "/api/desk/scripts/own/{script}"): _call(
        "Other words for it",
        {200: "as above", 404: "none, or a colleague's", 409: "changed meanwhile", 422: "as above"},
        shape=shapes.ChangedOwnScript,
    ),
    ("DELETE", "/api/desk/scripts/own/{script}"): _call(
        "Take it away",
        {
            200: "{state: live (gone) or waiting (for somebody's approval)}",
            404: "none, or a colleague's",
            409: "changed meanwhile",
        },
    ),
    ("GET", "/api/desk/products"): _call(
        "Products with what is in stock everywhere and in one's store",
        {200: "{products: [{sku, name, brand, category, price, stock, here, stores, image, url, status}]}"},
        query=("q", "store", "conversation"),
    ),
    ("GET", "/api/desk/entries"): _call(
        "Entries of the knowledge base", {200: "{entries: [{id, question, answer, source}]}"}, query=("q", "conversation")
    ),
    ("GET", "/api/desk/macros"): _call(
        "Several deeds for one tap, as guides.yml has them",
        {200: "{macros: [{id, title, text, tags, task, task_in_hours, close}]}"},
    ),
    ("GET", "/api/desk/tags"): _call("Tags that may be put on", {200: "{tags: [{tag, label, values, exclusive}]}"}),
    ("GET", "/api/desk/tasks"): _call(
        "One's open tasks and those of nobody; all=1 for leads those of their store",
        {200: "{tasks: [{id, conversation, name, guide, mine, store, kind, text, due_at, state, author, done_at, done_by}]}"},
        query=("all",),
    ),
    ("POST", "/api/desk/tasks/{task}"): _call(
        "Done, not to be done, or later", {200: "the task", 403: "a colleague's", 404: "none"}, shape=shapes.TaskState
    ),
    ("GET", "/api/desk/colleagues"): _call(
        "Who works, who is at the desk, and how much they have in hand; one's own store first",
        {
            200: "{colleagues: [{guide, name, store, store_id, state, until, present, load, capacity, rating, skills, "
            "languages}]}; ratings of one's own store only"
        },
        query=("q",),
    ),
    ("POST", "/api/desk/duty"): _call(
        "On duty, at a break, off; leads also for guides of their store",
        {200: "{guide, state, until}", 403: "not a lead", 404: "no such guide", 409: "left for good"},
        shape=shapes.OnDuty,
    ),
    ("POST", "/api/desk/inherit"): _call(
        "A guide's customers, talks and tasks go to another or to a store; with left they work here no more; leads and admins",
        {200: "{customers, conversations, offers, tasks, messages}", 403: "another store's", 404: "nobody called so"},
        shape=shapes.Inherit,
    ),
    ("GET", "/api/desk/reports"): _call(
        "How guides and stores served; a guide sees their own line",
        {
            200: "{days, guides, stores, total}: each {guide, name, store, store_id, wished, taken, missed, first_response_s, "
            "answered_s, resolution_s, bot_s, wait_s, breaches, rating, rated, …}; times in seconds"
        },
        query=("days",),
    ),
    ("GET", "/api/desk/search"): _call(
        "Talks by the shopper's name or by words said lately",
        {200: "{results: [{conversation, name, owner, guide, store, text, at, message}]}", 429: "too often"},
        query=("q",),
    ),
    ("GET", "/api/desk/export"): _call(
        "The handovers of a lead's stores as a table", {200: "CSV in UTF-8"}, query=("days", "store"), form="text/csv"
    ),
}

_DEEDS: Mapping[tuple[str, str], Call] = {
    ("GET", _TALK): _call(
        "One talk with what the bot did",
        {
            200: "{place, brief: {lines, known, opening, why}, openings, messages, leaving, notes: [{id, author, text, at, "
            "mine}], tasks, offered: [{id, text, cards, expires_at, at, own, trace}], typing: {guide, shopper}}",
            404: _NOT_FOUND,
        },
        query=("after",),
    ),
    ("POST", f"{_TALK}/claim"): _call(
        "Take the talk", {200: "{owner, guide, since, quiet}", 409: "somebody else holds it: {error: {holder}}"}
    ),
    ("POST", f"{_TALK}/reply"): _call(
        "Say something as a person; /交回 /结束 /转 /备注 /提醒 are done instead and never said",
        {
            202: "{id}",
            200: "{did, owner, guide, since} of a command",
            201: "{did, note or task} of a command",
            400: "a placeholder is left, an unknown command, a product that is not for sale",
            409: _HELD,
        },
        shape=shapes.Reply,
    ),
    ("POST", f"{_TALK}/hand_back"): _call("Give the talk back to the bot", {200: "{owner, guide, since}", 409: _HELD}),
    ("POST", f"{_TALK}/close"): _call("End the talk", {200: "{owner, guide, since}", 409: _HELD}),
    ("POST", f"{_TALK}/typing"): _call("A person writes", {202: "the shopper's page shows it", 429: "more than once a second"}),
    ("POST", f"{_TALK}/transfer"): _call(
        "Pass the talk on to a guide, or into the queue of a store",
        {200: "{owner, guide, since}", 404: "nobody called so", 409: "off_duty (say force), left, or not held"},
        shape=shapes.Transfer,
    ),
    ("GET", f"{_TALK}/profile"): _call(
        "What is known of the shopper, each thing with its grounds",
        {
            200: "{customer, name, level, store, guide, since, group, quiet: {opted_out, hushed}, "
            "tags: [{tag, label, value, confidence, grounds, source, at, evidence}], "
            "families, owned, events, orders, coupons, talks: [{conversation, at, reason, guide, rating}]}"
        },
    ),
    ("GET", f"{_TALK}/suggestions"): _call(
        "What could be answered to the shopper's last words, at most six",
        {200: "{words, replies: [{id, source, title, text, why, score, card?}]}"},
    ),
    ("POST", f"{_TALK}/tags"): _call(
        "Put a tag on or take it off",
        {200: "{tag, value, on, changed}", 400: "not in tags.yml", 409: "the shopper wants nothing remembered"},
        shape=shapes.NewTag,
    ),
    ("POST", f"{_TALK}/quiet"): _call(
        "No messages that the shopper did not ask for (opted_out), no naming by @ (hushed); or both again",
        {200: "{opted_out, hushed}: since when", 400: "in a group: no message of a member", 404: _NOT_FOUND},
        shape=shapes.Quiet,
    ),
    ("POST", f"{_TALK}/notes"): _call("Write something down for colleagues", {201: "{id}"}, shape=shapes.NewNote),
    ("DELETE", f"{_TALK}/notes/{{note}}"): _call("Take a note away", {204: "gone", 404: "none, or a colleague's"}),
    ("POST", f"{_TALK}/tasks"): _call("A reminder, or a call to make", {201: "{id}"}, shape=shapes.NewTask),
    ("POST", f"{_TALK}/macro"): _call(
        "Several deeds at once; all of them, or none",
        {200: "{said, tags, task, closed, again}", 404: "none", 409: _HELD},
        shape=shapes.RunMacro,
    ),
    ("POST", f"{_TALK}/correct"): _call(
        "What the bot should have done at a message: becomes a dialogue that guards later publishes",
        {201: "{id, state, conflict?}", 400: "no such entry, no words", 404: "no such message", 409: "nothing was asked there"},
        shape=shapes.Corrected,
    ),
    ("POST", f"{_TALK}/offers/{{offer}}/taken"): _call(
        "The guide's tap, where only a person may send; the page sends it after this",
        {200: "{outcome: sent or again, text, owner, guide, since}", 404: "none", 409: "late, overtaken, or sent by a colleague"},
        shape=shapes.Taken,
    ),
    ("POST", f"{_TALK}/offers/{{offer}}/dismiss"): _call("This suggestion is not wanted", {200: "gone", 404: "none"}),
}

DESK: Mapping[tuple[str, str], Call] = {**_LISTS, **_DEEDS, **ORDERS}
