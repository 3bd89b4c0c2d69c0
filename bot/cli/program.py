"""Arguments to commands, errors to words and exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn, TextIO

from bot.cli import arguments
from bot.cli.telling import complain
from bot.errors import AssistantError, ContentError


class _Parser(argparse.ArgumentParser):
    """argparse whose frame is Chinese as well."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options, add_help=False, formatter_class=argparse.RawDescriptionHelpFormatter)  # type: ignore[arg-type]
        self._positionals.title = "参数 (arguments)"
        self._optionals.title = "选项 (options)"
        self.add_argument("-h", "--help", action="help", help="显示这份说明 (help)")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "用法 (usage):", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法 (usage):", 1)

    def error(self, message: str) -> NoReturn:
        """Exit with 2, in words."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}：用法不对：{arguments.translated(message)}\n加 --help 看说明\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    _speak_utf8()
    parser = _parser()
    told = _decoded(sys.argv[1:]) if argv is None else list(argv)
    try:
        args = parser.parse_args(told)
        return _command(args.command)(args)
    except ContentError as error:
        complain("\n".join(map(str, error.problems)) + f"\n一共 {len(error.problems)} 处错误")
        return 1
    except (AssistantError, ValueError) as error:
        complain(str(error))
        return 1
    except OSError as error:
        return _os_error(error)
    except KeyboardInterrupt:
        return 130


def _os_error(error: OSError) -> int:
    """A closed pipe is no fault (``daogou parse | head``); anything else names its file."""
    if isinstance(error, BrokenPipeError):
        # Python flushes stdout once more at its exit, and would complain about the pipe again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    complain(f"打不开 {error.filename}：{error.strerror}" if error.filename else f"系统出错：{error}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="daogou", description="导购：私域里的中文导购助手 (conversational shopping guide)")
    commands = parser.add_subparsers(title="命令 (commands)", dest="command", metavar="命令", required=True, parser_class=_Parser)
    for command in arguments.COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help, epilog=command.epilog)
        sub.add_argument("--workspace", type=Path, metavar="DIR", help="品牌内容所在的文件夹 (workspace)，默认是自带的演示品牌")
        command.declare(sub)
    return parser


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The function that runs a command; its module is imported only now, so that a filter loads no server."""
    module, function = next((one.module, one.function) for one in arguments.COMMANDS if one.name == name)
    found: Callable[[argparse.Namespace], int] = getattr(import_module(f"bot.cli.{module}"), function)
    return found


def _decoded(argv: Sequence[str]) -> list[str]:
    """Arguments as UTF-8, whatever locale Python took them for."""
    return [os.fsencode(one).decode("utf-8", "replace") for one in argv]


def _speak_utf8() -> None:
    streams: tuple[tuple[TextIO, str], ...] = ((sys.stdout, "strict"), (sys.stderr, "backslashreplace"))
    for stream, errors in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors=errors)
