"""The sandbox (沙盘): a faithful, deterministic simulator of WeChat Customer Service on loopback."""

from bot.sandbox.callbacks import Callback
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.faults import Faults
from bot.sandbox.groups_run import Performance, wished
from bot.sandbox.groups_shows import Wish
from bot.sandbox.platform import Platform
from bot.sandbox.serving import DEFAULT_CALLBACK, Sandbox, application, run, start
from bot.sandbox.setup import DEMO_KF, Corp, KfSetup, Rules, Setup, environment

__all__ = [
    "DEFAULT_CALLBACK",
    "DEMO_KF",
    "ActRefusedError",
    "Callback",
    "Corp",
    "Faults",
    "KfSetup",
    "Performance",
    "Platform",
    "Rules",
    "Sandbox",
    "Setup",
    "Wish",
    "application",
    "environment",
    "run",
    "start",
    "wished",
]
