"""Alive, ready, and what we counted."""

import os

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bot import metrics
from bot.db import engine as database
from bot.front.chat import json
from bot.front.context import FRONT
from bot.motion import connection as motion
from bot.motion.connection import MOTION_FAULTS


async def healthz(request: web.Request) -> web.Response:
    """``GET /healthz``: the process answers."""
    del request
    return json({"ok": True})


async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: messages can be taken; 503 and which part is missing otherwise. ``model`` is told and stops nothing."""
    front = request.app[FRONT]
    parts = {
        "database": await database.alive(front.engine),
        "redis": await motion.alive(front.client),
        "models": front.ready(),
    }
    ok = all(parts.values())
    return json({"ok": ok, **parts, "model": front.model()}, 200 if ok else 503)


async def counted(request: web.Request) -> web.Response:
    """``GET /metrics`` (Prometheus); where several processes serve, the figures of all of them."""
    front = request.app[FRONT]
    try:
        for name, queue in front.queues.items():
            metrics.QUEUE.labels(queue=name).set(await queue.size())
    except MOTION_FAULTS:
        metrics.FAULTS.labels(where="redis").inc()
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
