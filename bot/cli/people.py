"""``daogou user add``: accounts of guides and editors."""

from argparse import Namespace

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Staff
from bot.cli import loading
from bot.cli.storing import on_database
from bot.cli.telling import complain, say
from bot.content import read_files
from bot.db import releases
from bot.db.users import add_user


def run_user(args: Namespace) -> int:
    """Make an account and print its one-time password, once."""

    async def work(engine: AsyncEngine) -> str | None:
        staff = await _staff(engine, args)
        if (fault := _unknown(args, staff)) is not None:
            complain(fault)
            return None
        store = args.store or (staff.guides[args.guide].store if args.guide else "") or None
        return await add_user(engine, args.name, args.role, args.guide, store)

    password = on_database(work)
    if password is None:
        return 1
    say(f"账号 {args.name} 建好了，一次性密码（第一次登录后要改）：\n{password}")
    return 0


async def _staff(engine: AsyncEngine, args: Namespace) -> Staff:
    """The people of the live content, else of the command's workspace."""
    found = await releases.live(engine)
    if found is None or args.workspace:
        return loading.workspace(args, loading.settings()).staff
    return read_files(await releases.load(engine, found[0])).staff


def _unknown(args: Namespace, staff: Staff) -> str | None:
    if args.guide and args.guide not in staff.guides:
        return f"guides.yml 里没有导购 {args.guide}，有：{'、'.join(staff.guides) or '一位也没有'}"
    if args.store and args.store not in staff.stores:
        return f"guides.yml 里没有门店 {args.store}，有：{'、'.join(staff.stores) or '一家也没有'}"
    return None
