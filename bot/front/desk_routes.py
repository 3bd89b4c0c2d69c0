"""Every route of the desk's API on one page; those without a talk in their address stand first, for a talk may be called so."""

from aiohttp import web

from bot.front import (
    desk,
    desk_correct,
    desk_customer,
    desk_find,
    desk_help,
    desk_offers,
    desk_orders,
    desk_read,
    desk_reply,
    desk_reports,
    desk_scripts,
    desk_stream,
    desk_team,
)

_TALK = r"/api/desk/{conversation:[\w-]{1,64}}"
_CAMPAIGN = r"/api/desk/campaigns/{campaign:\d{1,18}}"
_OWN = r"/api/desk/scripts/own/{script:[a-z0-9_\-]{1,128}}"
_OFFER = _TALK + r"/offers/{offer:\d{1,18}}"


def routes() -> list[web.RouteDef]:
    """The calls of guides and leads."""
    return [*_everybodys(), *_of_orders(), *_of_a_talk()]


def _everybodys() -> list[web.RouteDef]:
    get, post, delete = web.get, web.post, web.delete
    return [
        get("/api/desk/queue", desk.queue),
        get("/api/desk/events", desk_stream.events),
        get("/api/desk/scripts", desk_help.scripts),
        get("/api/desk/scripts/own", desk_scripts.own),
        post("/api/desk/scripts/own", desk_scripts.keep),
        post(_OWN, desk_scripts.change),
        delete(_OWN, desk_scripts.drop),
        get("/api/desk/products", desk_help.products),
        get("/api/desk/entries", desk_help.entries),
        get("/api/desk/macros", desk_help.macros),
        get("/api/desk/tags", desk_customer.list_tags),
        get("/api/desk/tasks", desk_customer.tasks),
        post(r"/api/desk/tasks/{task:\d{1,18}}", desk_customer.change_task),
        get("/api/desk/colleagues", desk_team.colleagues),
        post("/api/desk/duty", desk_team.set_duty),
        post("/api/desk/inherit", desk_team.inherit),
        get("/api/desk/reports", desk_reports.report),
        get("/api/desk/search", desk_find.search),
        get("/api/desk/export", desk_find.export),
    ]


def _of_orders() -> list[web.RouteDef]:
    get, post = web.get, web.post
    return [
        get(_CAMPAIGN, desk_orders.read),
        post(_CAMPAIGN, desk_orders.change),
        post(_CAMPAIGN + "/lines", desk_orders.edit),
        post(_CAMPAIGN + r"/doubts/{doubt:\d{1,18}}/settle", desk_orders.settle),
        get(_CAMPAIGN + "/export.xlsx", desk_orders.export),
        get(_TALK + "/campaigns", desk_orders.campaigns),
        post(_TALK + "/campaigns", desk_orders.open_campaign),
    ]


def _of_a_talk() -> list[web.RouteDef]:
    get, post, delete = web.get, web.post, web.delete
    return [
        get(_TALK, desk_read.read),
        post(_TALK + "/claim", desk.claim),
        post(_TALK + "/reply", desk_reply.reply),
        post(_TALK + "/hand_back", desk.hand_back),
        post(_TALK + "/close", desk.close),
        post(_TALK + "/typing", desk.types),
        post(_TALK + "/transfer", desk_team.transfer),
        get(_TALK + "/profile", desk_customer.profile),
        get(_TALK + "/suggestions", desk_help.suggestions),
        post(_TALK + "/tags", desk_customer.tag),
        post(_TALK + "/quiet", desk_customer.quiet),
        post(_TALK + "/notes", desk_customer.note),
        delete(_TALK + r"/notes/{note:\d{1,18}}", desk_customer.drop_note),
        post(_TALK + "/tasks", desk_customer.add_task),
        post(_TALK + "/macro", desk_help.run_macro),
        post(_TALK + "/correct", desk_correct.correct),
        post(_OFFER + "/taken", desk_offers.taken),
        post(_OFFER + "/dismiss", desk_offers.dismiss),
    ]
