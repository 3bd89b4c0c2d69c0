"""``daogou serve`` and ``daogou sandbox``: the commands that run until they are told to stop."""

import argparse
import asyncio
import gc
import importlib
import os
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

import structlog
import uvloop

from bot import logs
from bot.cli.telling import complain
from bot.errors import ContentError, SettingsError
from bot.settings import Settings
from bot.signals import SUPERVISOR, follow_supervisor, stop_signal

if TYPE_CHECKING:
    from bot.sandbox import Performance

log = structlog.get_logger(__name__)


def run_serve(args: argparse.Namespace) -> int:
    """Everything, or one role of it."""
    try:
        settings = Settings.from_environment()
        if args.workspace is not None:
            settings = settings.model_copy(update={"workspace": args.workspace})
        told = getattr(args, "role", None)
        role = None if told == "all" else told
        logs.configure(settings.log_level, settings.log_format, role=role or "serve")
        _run(lambda: _role(settings, role) if role else _tree(settings))
    except (SettingsError, ContentError) as error:
        complain(str(error))
        return 1
    return 0


def _run(main: Callable[[], Coroutine[object, object, None]]) -> None:
    # long-lived objects (models, catalogues) are many: fewer full collections, which would stop a turn for tens of milliseconds
    gc.set_threshold(50_000, 20, 50)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def _given(settings: Settings) -> tuple[str | None, str | None]:
    """Addresses of servers that the environment names."""
    database, redis = settings.database_url, settings.redis_url
    return (database.get_secret_value() if database else None, redis.get_secret_value() if redis else None)


async def _tree(settings: Settings) -> None:
    from bot import supervisor  # noqa: PLC0415  (roles need none of it)
    from bot.adapters import embedded  # noqa: PLC0415
    from bot.adapters.encoding import encoder_of  # noqa: PLC0415

    supervisor.check_home(settings.home)
    supervisor.check_port(*settings.address)
    encoder_of(settings.encoder, settings.home)  # what is not installed is told once, here, and not by every worker
    with embedded.servers(settings.home, *_given(settings)) as found:
        await supervisor.prepare(supervisor.with_servers(settings, found))
        host, port = settings.address
        complain(f"导购已启动  顾客页 http://{host}:{port}/chat  导购台 http://{host}:{port}/desk")
        tree = supervisor.Tree(settings, found, supervisor.child_environment(settings, found))
        await tree.run(stop_signal())


async def _role(settings: Settings, role: str) -> None:
    """One role: below a supervisor it finds everything ready, by hand it prepares for itself."""
    stop = stop_signal()
    if os.environ.get(SUPERVISOR):
        following = asyncio.create_task(follow_supervisor(stop))
        await _work(settings, role, stop)
        following.cancel()
        return
    from bot import supervisor  # noqa: PLC0415
    from bot.adapters import embedded  # noqa: PLC0415

    with embedded.servers(settings.home, *_given(settings)) as found:
        settings = supervisor.with_servers(settings, found)
        await supervisor.prepare(settings)
        await _work(settings, role, stop)


async def _work(settings: Settings, role: str, stop: asyncio.Event) -> None:
    """Each role loads only what it needs: a worker no pages, a courier no models."""
    from bot import wiring  # noqa: PLC0415

    module = {"web": "take_in", "worker": "work", "courier": "carry"}[role]
    doing = getattr(importlib.import_module(f"bot.roles.{module}"), module)
    async with wiring.opened(settings, role) as world:
        await doing(world, stop)


def run_sandbox(args: argparse.Namespace) -> int:
    """The simulator of WeChat Customer Service, with its page."""
    from bot import sandbox  # noqa: PLC0415

    host, _, port = str(getattr(args, "listen", None) or "127.0.0.1:9100").rpartition(":")
    if not host or not port.isdigit():
        complain("--listen 应为 主机:端口，例如 127.0.0.1:9100")
        return 2
    try:
        grave = sandbox.run(
            host,
            int(port),
            seed=_seed(args),
            clock="virtual" if getattr(args, "clock", None) == "manual" else "real",
            faults=",".join(getattr(args, "fault", None) or []),
            callback=getattr(args, "callback", None) or sandbox.DEFAULT_CALLBACK,
            performance=_performance(args),
        )
    except (ValueError, OSError, ContentError, SettingsError, sandbox.ActRefusedError) as error:
        complain(str(error))
        return 1
    return 1 if grave and args.once else 0


def _seed(args: argparse.Namespace) -> int:
    told = getattr(args, "seed", None)
    return 7 if told is None else int(told)


def _performance(args: argparse.Namespace) -> "Performance":
    """What ``--group`` and ``--groups`` ask for."""
    from bot import sandbox  # noqa: PLC0415
    from bot.cli.loading import folder  # noqa: PLC0415

    plain = sandbox.Wish(args.platform, members=args.members, minutes=args.minutes, speed=args.speed)
    wishes = sandbox.wished(args.group or [], args.groups, _seed(args), plain)
    workspace = folder(args, Settings.from_environment())
    return sandbox.Performance(wishes, args.house or "", workspace, once=args.once, platform=args.platform)
