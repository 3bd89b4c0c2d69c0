"""All routes of the console, each area's from its own module."""

from aiohttp import web

from bot.front import (
    console,
    console_accounts,
    console_audit,
    console_catalogue,
    console_drafts,
    console_edit,
    console_effect,
    console_groups,
    console_overview,
    console_pages,
    console_publish,
    console_release_files,
    console_releases,
    console_staff,
    console_why,
    console_words,
)


def routes() -> list[web.RouteDef]:
    """Pages, parts of pages and calls."""
    return [
        web.get("/console", console_pages.home),
        web.get("/console/gaps", console_pages.gaps),
        web.get("/console/pairs", console_pages.pairs),
        *console.routes(),
        *console_groups.routes(),
        *console_why.routes(),
        *console_words.routes(),
        *console_edit.routes(),
        *console_drafts.routes(),
        *console_publish.routes(),
        *console_overview.routes(),
        *console_releases.routes(),
        *console_release_files.routes(),
        *console_effect.routes(),
        *console_staff.routes(),
        *console_accounts.routes(),
        *console_audit.routes(),
        *console_catalogue.routes(),
    ]
