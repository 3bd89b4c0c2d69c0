"""The routes of the catalogue's pages: products, tags and words, rules, sentences, settings, replays, workbook."""

from aiohttp import web

from bot.front import (
    console_products,
    console_replay,
    console_rules,
    console_settings,
    console_tags,
    console_training,
    console_workbook,
)


def routes() -> list[web.RouteDef]:
    """All of them."""
    return [
        *console_products.routes(),
        *console_tags.routes(),
        *console_rules.routes(),
        *console_training.routes(),
        *console_settings.routes(),
        *console_replay.routes(),
        *console_workbook.routes(),
    ]
