"""The command line. Everything heavy is imported by the command that needs it: `henrei --help` must be quick."""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import henrei
from henrei.schemas.errors import USAGE, HenreiError


class _Parser(argparse.ArgumentParser):
    """Speaks Japanese, and says what is wrong in one line with exit status 2."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"add_help": False, **more})
        if more.get("add_help", True):  # a parent keeps the titles by which its groups are merged
            self._positionals.title = "コマンド" if more.get("prog") == "henrei" else "引数"
            self._optionals.title = "指定"
            self.add_argument("-h", "--help", action="help", help="使い方を表示する")

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", "使い方: ", 1)

    def error(self, message: str) -> NoReturn:
        said = "使い方が違います"
        if found := re.search(r"unrecognized arguments: (.+)", message):
            said = f"「{found[1]}」という指定はありません"
        elif found := re.search(r"required: (.+)", message):
            said = f"{found[1]} を指定してください"
        elif found := re.search(r"invalid choice: '([^']*)'", message):
            said = f"「{found[1]}」というコマンドはありません"
        elif found := re.search(r"argument (\S+): expected", message):
            said = f"{found[1]} の値がありません"
        raise HenreiError(f"{said}。{self.prog} --help で使い方を見られます")


def parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument(
        "--home",
        metavar="PATH",
        default=argparse.SUPPRESS,
        help="作業フォルダー(既定: 環境変数 HENREI_HOME、なければ現在のフォルダー)",
    )
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="誤りの詳細を表示する")
    main = _Parser(
        prog="henrei",
        parents=[common],
        description="障害児通所給付費の請求を審査月ごとに確認し、返戻すべきものとその理由を出します。",
    )
    main.add_argument("--version", action="version", version=f"henrei {henrei.__version__}", help="版を表示する")
    commands = main.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help, parents=[common])

    one = command("init", "henrei.toml、inbox、見出しだけの台帳を作る")
    one.add_argument("target", metavar="HOME", nargs="?")
    one = command("run", "審査月のファイルを受け付け、確認する(やり直すとその月を置き換える)")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one.add_argument("--direct", action="store_true", help="Prefect を使わずに同じ処理をする")
    one.add_argument("--strict", action="store_true", help="取り込めない行があれば終了状態を 1 にする")
    one = command("inquire", "指摘ごとの確認依頼を事業所別に作る(決める前に)")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one = command("decide", "チームの決定(worklist.xlsx、decisions.csv)を取り込む")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one.add_argument("files", metavar="FILE", nargs="+", help="決定のファイル")
    one = command("close", "審査月を締め、結果を決める")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one.add_argument(
        "--undecided",
        choices=("return", "accept"),
        help="決まっていないものを返戻(return)か支払(accept)にする",
    )
    one = command("reopen", "締めを取り消す(後の月が締まっていないとき)")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    command("dashboard", "締めた月から out/dashboard.html を作り直す")
    command("rebuild", "inbox と books から henrei.duckdb を作り直す")
    one = command("survey", "事業所間連携加算の調査の数を出す")
    one.add_argument("month", metavar="MONTH", help="サービス提供年月 YYYY-MM")
    one = command("checks", "確認の一覧")
    one.add_argument("--json", action="store_true", help="JSON で出す")
    one = command("explain", "確認の決まり、出典、必要な資料、判定のしかた、例、事業所のすること")
    one.add_argument("code", metavar="CODE", help="確認コード(例 DAY201)")
    one = command("demo", "架空の市を作り、6か月分を確認して締める")
    one.add_argument("target", metavar="HOME", nargs="?")
    one.add_argument("--direct", action="store_true", help="Prefect を使わずに同じ処理をする")
    one = command("serve", "毎月の確認を Prefect のデプロイメントとして動かす")
    one.add_argument("--cron", metavar="CRON", help='起動する時(例 "0 6 11 * *" = 毎月11日6時)')
    return main


def _dispatch(args: argparse.Namespace) -> int:
    from henrei.flows import commands, home

    debug = getattr(args, "debug", False)
    place = home.find(getattr(args, "target", None) or getattr(args, "home", None))
    match args.command:
        case "init":
            return commands.init(place)
        case "run":
            return commands.run(place, args.month, direct=args.direct, strict=args.strict, debug=debug)
        case "inquire":
            return commands.inquire(place, args.month)
        case "decide":
            return commands.decide(place, args.month, args.files)
        case "close":
            return commands.close(place, args.month, args.undecided)
        case "reopen":
            return commands.reopen(place, args.month)
        case "dashboard":
            return commands.dashboard(place)
        case "rebuild":
            return commands.rebuild(place)
        case "survey":
            return commands.survey(place, args.month)
        case "checks":
            return commands.checks(args.json)
        case "explain":
            return commands.explain(args.code)
        case "demo":
            if not (args.target or getattr(args, "home", None)):
                place = home.find("henrei-demo")
            return commands.demo(place, direct=args.direct, debug=debug)
        case "serve":
            return commands.serve(place, args.cron, debug=debug)
    raise AssertionError(args.command)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status of the contract (section 2)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if argv is None else argv)
    trouble: BaseException
    try:
        return _dispatch(parser().parse_args(given))
    except HenreiError as found:
        trouble, line, status = found, str(found), found.status
    except KeyboardInterrupt as found:
        trouble = found
        line, status = "中断しました。もう一度実行すれば初めから処理します", USAGE
    except OSError as found:
        trouble = found
        # Names of files are shown, never what stands in them.
        line, status = (
            f"{found.filename or ''} を読み書きできません({found.strerror})。空き容量と権限を確かめてください",
            USAGE,
        )
    except Exception as found:  # whatever it is, a user gets a line and not a traceback
        trouble = found
        line, status = (
            f"予期しない誤りです({type(found).__name__})。--debug を付けて実行し、保守担当へ知らせてください",
            USAGE,
        )
    if "--debug" in given:
        traceback.print_exception(trouble)
    print(" ".join(line.split()), file=sys.stderr)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
