"""``daogou user``: accounts of guides and editors, and what a guide who leaves hands over."""

from argparse import Namespace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Staff
from bot.cli.storing import on_database
from bot.cli.telling import complain, say
from bot.db import releases
from bot.db.moving import Legacy, Moved, Receiver, inherit
from bot.db.users import User, add_user, guide_of

_BY = User("daogou user leave", "admin", None, None, must_change=False)
"""In whose name the command line acts: whoever may run it may read the whole database."""


def run_user(args: Namespace) -> int:
    """Make an account, or hand over what a guide has who leaves."""
    return _add(args) if args.action == "add" else _leave(args)


def _add(args: Namespace) -> int:
    """Make an account and print its one-time password, once."""
    if args.role is None:
        complain("还缺少 --role：新建账号要写明角色，例如 --role guide")
        return 2

    async def work(engine: AsyncEngine) -> str | None:
        staff = await _staff(engine, args)
        if (fault := _unknown(args, staff)) is not None:
            complain(fault)
            return None
        store = (staff.guides[args.guide].store if args.guide else "") or args.store or None
        return await add_user(engine, args.name, args.role, args.guide, store)

    password = on_database(work)
    if password is None:
        return 1
    say(f"账号 {args.name} 建好了，一次性密码（第一次登录后要改）：\n{password}")
    return 0


def _leave(args: Namespace) -> int:
    """Give everything of a guide to a colleague or a store, and close the account."""
    if (args.to is None) == (args.store is None):
        complain("要写明交给谁：--to 导购编号，或者 --store 门店编号，只写一个")
        return 2

    async def work(engine: AsyncEngine) -> Moved | None:
        staff = await _staff(engine, args)
        guide = args.name if args.name in staff.guides else await guide_of(engine, args.name)
        if guide is None:
            complain(f"没有登录名或导购编号是 {args.name} 的导购")
            return None
        to = Receiver.of(staff, guide=args.to, store=args.store)
        return await inherit(engine, _BY, Legacy.of(staff, guide, to), datetime.now(UTC))

    moved = on_database(work)
    if moved is None:
        return 1
    say(
        f"{args.name} 的离职交接办好了：{moved.customers} 位专属顾客、{moved.conversations} 段接待中的对话、"
        f"{moved.offers} 位等着接待的顾客、{moved.tasks} 件待办、{moved.messages} 条没发出的消息，账号已停用"
    )
    return 0


async def _staff(engine: AsyncEngine, args: Namespace) -> Staff:
    """The people of the live content, else of the command's workspace."""
    found = await releases.live(engine)
    if found is None or args.workspace:
        from bot.cli import loading  # noqa: PLC0415  (the rooms, which the staff of a release never needs)

        return loading.workspace(args, loading.settings()).staff
    from bot.content.workspace import staff_of  # noqa: PLC0415  (the rooms, which a wrong argument never needs)

    return staff_of(await releases.load(engine, found[0]))


def _unknown(args: Namespace, staff: Staff) -> str | None:
    if args.guide and args.guide not in staff.guides:
        return f"guides.yml 里没有导购 {args.guide}，有：{'、'.join(staff.guides) or '一位也没有'}"
    if args.store and args.store not in staff.stores:
        return f"guides.yml 里没有门店 {args.store}，有：{'、'.join(staff.stores) or '一家也没有'}"
    if args.name in staff.guides and args.name != args.guide:
        # talks are held under the guide's id: an account of that name without being the guide would see theirs
        return f"{args.name} 是 guides.yml 里一位导购的编号，不能拿来当别人的登录名；是本人就加上 --guide {args.name}"
    own = staff.guides[args.guide].store if args.guide else ""
    if own and args.store and args.store != own:
        return f"导购 {args.guide} 在 guides.yml 里属于门店 {own}，不是 {args.store}"
    return None
