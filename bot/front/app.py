"""The front door as one application: every route on one page."""

import asyncio
import secrets
import weakref

from aiohttp import web

from bot.front import (
    accounts,
    chat,
    console_routes,
    console_shell,
    desk_routes,
    events,
    faults,
    health,
    hooks,
    hooks_aibot,
    hooks_dingtalk,
    hooks_feishu,
    openapi,
    pages,
    rasa,
    room,
    stream,
    wecom_desk,
)
from bot.front.context import FRONT, INTAKE, LIMITER, TICKETS, Front
from bot.front.desk_orders import LEDGERS
from bot.front.intake import Intake
from bot.front.limits import Limiter
from bot.motion.tickets import Tickets
from bot.ordering import Ledgers

_LARGEST = 1 << 20


def make_app(front: Front) -> web.Application:
    """The application; whoever serves it also runs ``front.live.run()``."""
    app = web.Application(middlewares=[faults.answer_errors], client_max_size=_LARGEST)
    app[FRONT] = front
    app[INTAKE] = Intake(front.engine, front.queues, front.live, front.clock, front.debounce)
    app[LIMITER] = Limiter(front.client)
    app[LEDGERS] = Ledgers()
    app[TICKETS] = Tickets(front.client, secrets.token_urlsafe(16))
    streams: weakref.WeakSet[asyncio.Task[object]] = weakref.WeakSet()
    app[stream.OPEN] = streams
    pages.prepare(app)
    app.add_routes(_routes())
    console_shell.prepare(app)
    app.on_response_prepare.append(faults.secure)
    app.on_shutdown.append(stream.close_all)
    app.on_cleanup.append(_drain)
    return app


def _routes() -> list[web.RouteDef]:
    get, post = web.get, web.post
    return [
        get("/", rasa.hello),
        get("/chat", pages.chat),
        get(r"/chat/assets/{mark:[0-9a-f]{12}}/{name:[a-z]{1,20}\.js}", pages.module),
        get("/desk", pages.desk),
        get("/desk/shell", pages.shell),
        get(r"/desk/assets/{mark:[0-9a-f]{12}}/{name:[a-z]{1,20}\.js}", pages.module),
        get("/desk-worker.js", pages.worker),
        get("/desk.webmanifest", pages.manifest),
        get("/sidebar", pages.sidebar),
        get("/login", pages.sign_in),
        get("/password", pages.password),
        get("/favicon.ico", pages.favicon),
        get("/healthz", health.healthz),
        get("/readyz", health.readyz),
        get("/metrics", health.counted),
        *_hooks(),
        get("/status", rasa.status),
        get("/version", rasa.version),
        post("/model/parse", rasa.parse),
        get("/webhooks/rest/", rasa.healthy),
        get("/webhooks/rest", rasa.healthy),
        post("/webhooks/rest/webhook", rasa.talk),
        get("/api/openapi.json", openapi.document),
        post("/api/login", accounts.sign_in),
        post("/api/logout", accounts.sign_out),
        get("/api/me", accounts.me),
        post("/api/password", accounts.change_password),
        post("/api/chat", chat.make),
        *room.routes(),
        post("/api/chat/{conversation}/messages", chat.say),
        get("/api/chat/{conversation}/messages", chat.read),
        post(r"/api/chat/{conversation}/messages/{message:\d{1,18}}/recall", chat.recall),
        get("/api/chat/{conversation}/events", chat.events),
        post("/api/chat/{conversation}/events", events.tapped),
        post("/api/chat/{conversation}/typing", chat.types),
        post("/api/events", events.deliver),
        get("/go/{token}", events.go),
        *desk_routes.routes(),
        get(r"/api/wecom/{account}/signature", wecom_desk.signature),
        get(r"/api/wecom/{account}/contact", wecom_desk.contact),
        post(r"/api/wecom/{account}/unsent", wecom_desk.unsent),
        *console_routes.routes(),
    ]


def _hooks() -> list[web.RouteDef]:
    """Where the platforms call."""
    get, post = web.get, web.post
    return [
        get("/hooks/wecom/{account}", hooks.verify),
        post("/hooks/wecom/{account}", hooks.deliver),
        post("/hooks/dingtalk/{account}", hooks_dingtalk.deliver),
        post("/hooks/feishu/{account}", hooks_feishu.deliver),
        get("/hooks/aibot/{account}", hooks_aibot.verify),
        post("/hooks/aibot/{account}", hooks_aibot.deliver),
    ]


async def _drain(app: web.Application) -> None:
    """Whatever was accepted is kept before the process ends."""
    await app[INTAKE].drain()
