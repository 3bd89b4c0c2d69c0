"""``python -m bot.peers``: what `make rasa` runs — the workspace as a Rasa project, its model, and the server that answers."""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

from bot.content import OWN, read_folder
from bot.errors import AssistantError
from bot.peers import rasa_server as server
from bot.peers.rasa_workspace import EPOCHS, PIPELINES, Recipe, exported
from bot.settings import Settings

_EPOCH = re.compile(
    r"(?P<done>\d+)/(?P<all>\d+) \[(?P<spent>[\d:]+)<(?P<left>[\d:?]+).*t_loss=(?P<loss>[\d.]+), i_acc=(?P<right>[\d.]+)"
)
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def main(words: list[str] | None = None) -> int:
    """Export, train where that was never done for this content, and serve until stopped; 1 with a reason where that fails."""
    args = _arguments().parse_args(words)
    try:
        return _run(args)
    except (AssistantError, ValueError) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.peers", description=__doc__)
    parser.add_argument("--workspace", type=Path, help="品牌内容所在的文件夹，默认看 DAOGOU_WORKSPACE，没有就是演示品牌")
    parser.add_argument("--pipeline", choices=PIPELINES, default=PIPELINES[0], help="jieba：按词；characters：整句按字")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"DIET 学几轮，默认 {EPOCHS}")
    parser.add_argument("--port", type=int, default=server.PORT, help=f"默认 {server.PORT}")
    parser.add_argument("--train-only", action="store_true", help="只训练，不启动服务")
    return parser


def _run(args: argparse.Namespace) -> int:
    """Everything but the last step, which never returns."""
    rasa = server.program()
    if rasa is None:
        _say("没有装 Rasa：运行 make rasa（需要 Python 3.10，下载约 2.7 GB）")
        return 1
    if not args.train_only and server.taken(args.port):
        _say(f"127.0.0.1:{args.port} 已经有程序在用，先停掉它，或者换一个端口：make rasa RASA_PORT=5006")
        return 1
    model = _model(rasa, args)
    if args.train_only:
        return 0
    url = f"http://{server.HOST}:{args.port}"
    _say(f"Rasa 在 {url} 回答，载入模型约 15 秒，Ctrl+C 停止。另开终端：")
    _say(f"  daogou evaluate nlu --classifier rasa --rasa-url {url} --data FILE.tsv")
    _say(f"  DAOGOU_RASA_URL={url} daogou serve")
    return _replaced_by(server.serving_command(rasa, model, args.port), model.parents[1])


def _model(rasa: Path, args: argparse.Namespace) -> Path:
    """The model of the workspace as it is now."""
    settings = Settings.from_environment()
    workspace = read_folder(args.workspace or settings.workspace or OWN)
    _say(f"{workspace.brand.name}：{len(workspace.training)} 句训练数据，Rasa 的工程在 {settings.home / 'rasa'}")
    files = exported(workspace, Recipe(args.pipeline, args.epochs))
    model = server.trained(rasa, (settings.home / "rasa").resolve(), files, _Progress())
    _say(f"模型 {model.name} 已经训练好")
    return model


def _replaced_by(command: list[str], folder: Path) -> NoReturn:
    """Rasa takes this process over, and with it Ctrl+C and its exit status."""
    os.chdir(folder)
    os.execve(command[0], command, server.environment())  # noqa: S606  (our own words)


class _Progress:
    """Rasa's lines for people: its bar as one line for each epoch, what it trains, its errors; no warnings of its libraries."""

    def __init__(self) -> None:
        self._drawn = ""

    def __call__(self, line: str) -> None:
        if epoch := _EPOCH.search(line):
            # each epoch is drawn several times: first with the figures of the one before
            drawn, self._drawn = self._drawn, f"{epoch['done']}{epoch['loss']}"
            if drawn != self._drawn and drawn.startswith(epoch["done"]):
                spent = f"已用 {epoch['spent']}，还要 {epoch['left']}"
                _say(f"  第 {epoch['done']}/{epoch['all']} 轮，{spent}，训练句答对 {float(epoch['right']) * 100:.1f}%")
        elif "Starting to train component" in line:
            _say("  训练 " + line.rpartition("'")[0].rpartition("'")[2])
        elif re.search(r"\b(?:ERROR|CRITICAL|Traceback|\w+Error:)", line):
            _say("  " + _COLOURS.sub("", line))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
