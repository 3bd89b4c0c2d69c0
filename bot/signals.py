"""When to stop: told by a signal, or because the process that started us is gone."""

import asyncio
import os
import signal

SUPERVISOR = "SUPERVISOR_PID"
"""Variable by which ``serve`` tells its roles who watches over them."""


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM or SIGINT; a second one ends the process at once."""
    stop = asyncio.Event()

    def told() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    return stop


async def follow_supervisor(stop: asyncio.Event) -> None:
    """Stop when the supervisor is gone (killed, or ended the hard way): nobody would start us again or end us."""
    told = os.environ.get(SUPERVISOR, "")
    while told.isdigit():
        if os.getppid() != int(told):
            stop.set()
            return
        await asyncio.sleep(1)
