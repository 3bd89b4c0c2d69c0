"""Structured logs (structlog): one JSON object a line, personal data masked, secrets never given to a logger at all."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_PERSONAL = (
    (re.compile(r"(?<![\da-f])((?:\+?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?![\da-f])"), r"\1****\2"),
    (re.compile(r"(?<![\da-f])(\d{6})\d{8}(\d{3}[\dXx])(?![\da-f])"), r"\1********\2"),
    (re.compile(r"(?<![\da-f])(?!\d{4}-\d\d-\d\d\b)\d{4}(?:[ -]?\d){9,15}(?![\da-f])"), "[号码]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[邮箱]"),
    (
        re.compile(
            r"[\u4e00-\u9fff]{2,8}(?:省|市(?![面场])|区(?![别分间])|县|镇(?![定静])|路(?![上过线由费])|街(?![上头边])|巷|弄)"
            r"[\u4e00-\u9fff\d]{0,12}(?<![月\d])\d+(?:号(?![色码线链])|室|栋|单元|弄|幢)[\d\-室号栋单元层]*"
        ),
        "[地址]",
    ),
    (
        re.compile(
            r"(?i)((?:access_token|corpsecret|secret|token|password|authorization)[\"']?\s*[=:]\s*[\"']?(?:(?:bearer|basic)\s+)?)[^\s&\"',}]+"
        ),
        r"\1***",
    ),
    (re.compile(r"(\w://[^\s:/@]*:)[^\s@]+@"), r"\1***@"),
)
"""Mainland mobile numbers, identity numbers (GB 11643), long numbers (cards, parcels; ids of ours in hex are none), mail
addresses, street addresses, secrets, passwords in addresses of servers."""


def masked(text: str) -> str:
    """The text with personal data and secrets made unreadable; what is not masked stays as it was."""
    for pattern, replacement in _PERSONAL:
        text = pattern.sub(replacement, text)
    return text


def _mask_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        event[key] = _masked_all(value)
    return event


def _masked_all(value: object) -> object:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: _masked_all(one) for key, one in value.items()}
    return [_masked_all(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else value


def configure(level: str, form: str, **bound: str) -> None:
    """Set up logging for a process; ``bound`` stands in every line (role, number)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if form == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    number = cast("int", getattr(logging, level.upper()))
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(**bound)
    # libraries log through the standard library; their texts pass the same mask
    handler = logging.StreamHandler(sys.stderr)
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=shared))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
