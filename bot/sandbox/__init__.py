"""The sandbox (沙盘): a faithful, deterministic simulator of WeChat Customer Service on loopback."""

from bot.sandbox.callbacks import Callback
from bot.sandbox.faults import Faults
from bot.sandbox.platform import Platform
from bot.sandbox.serving import DEFAULT_CALLBACK, Sandbox, application, run, start
from bot.sandbox.setup import DEMO_KF, Corp, KfSetup, Rules, Setup, environment

__all__ = [
    "DEFAULT_CALLBACK",
    "DEMO_KF",
    "Callback",
    "Corp",
    "Faults",
    "KfSetup",
    "Platform",
    "Rules",
    "Sandbox",
    "Setup",
    "application",
    "environment",
    "run",
    "start",
]
