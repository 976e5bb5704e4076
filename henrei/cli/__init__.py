"""The command line. Everything heavy is imported by the command that needs it: `henrei --help` must be quick."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from typing import Any, NoReturn

import henrei
from henrei import error_report
from henrei.cli import process
from henrei.errors import HenreiError
from henrei.files import temporary_files
from henrei.home import Home


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
    command("menu", "メニューから使う(受付 → 確認 → 締め)")
    one = command("run", "審査月のファイルを受け付け、確認する(やり直すとその月を置き換える)")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one.add_argument("--direct", action="store_true", help="Prefect を使わずに同じ処理をする")
    one.add_argument("--strict", action="store_true", help="取り込めない行があれば終了状態を 1 にする")
    one = command("run-all", "フォルダーの下のすべての市町村で同じ審査月を確認し、結果をまとめる")
    one.add_argument("homes", metavar="HOMES", help="市町村ごとの作業フォルダーを置いたフォルダー")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one.add_argument(
        "--inbox", metavar="FOLDER", help="共同の受付フォルダー(下に審査月のフォルダー)。市町村ごとに分けて渡す"
    )
    one.add_argument("--out", metavar="FOLDER", help="まとめた結果の置き場所(既定: HOMES/out/MONTH)")
    one.add_argument(
        "--runner", choices=("local", "dask"), default="local", help="この機械のプロセスか、Dask のクラスターか"
    )
    one.add_argument("--scheduler", metavar="ADDRESS", help="動いている Dask のスケジューラー(例 tcp://10.0.0.5:8786)")
    one.add_argument("--workers", metavar="N", type=int, help="同時に処理する市町村の数(既定: コアの数)")
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
    one = command("verify", "締めた月を受け取ったファイルから計算し直し、同じになるか確かめる")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one = command("purge", "古い月の氏名と番号を消す(件数と、再請求の確認に要る状態だけを残す)")
    one.add_argument("--before", metavar="MONTH", required=True, help="この審査月より前を消す YYYY-MM")
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
    from henrei.cli import commands

    debug = getattr(args, "debug", False)
    place = Home.find(getattr(args, "target", None) or getattr(args, "home", None))
    match args.command:
        case "init":
            return commands.init(place)
        case "menu":
            from henrei.cli.menu import menu

            return menu(place, main)
        case "run":
            return commands.run(place, args.month, direct=args.direct, strict=args.strict, debug=debug)
        case "run-all":
            return commands.run_all(args)
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
        case "verify":
            return commands.verify(place, args.month)
        case "purge":
            return commands.purge(place, args.before)
        case "survey":
            return commands.survey(place, args.month)
        case "checks":
            return commands.checks(args.json)
        case "explain":
            return commands.explain(args.code)
        case "demo":
            if not (args.target or getattr(args, "home", None)):
                place = Home.find("henrei-demo")
            return commands.demo(place, direct=args.direct, debug=debug)
        case "serve":
            # Prefect's runner keeps files of its own, beside the runs, which take the home's lock in turn.
            with temporary_files(place.service_temporary) if place.exists() else nullcontext():
                return commands.serve(place, args.cron, debug=debug)
    raise AssertionError(args.command)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status of the contract (section 2)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in given
    with ExitStack() as stack:
        stack.enter_context(process.for_owner_alone())
        if argv is None and "serve" not in given:  # its runs are children that must be heard
            stack.enter_context(error_report.native_unheard())
        stack.enter_context(error_report.hushed(debug))
        try:
            return _dispatch(parser().parse_args(given))
        except SystemExit:
            raise
        except BaseException as found:  # a user gets a line, whatever it is; a panic in Rust is no Exception
            if debug:
                error_report.show(found)
            line, status = error_report.line(found)
        print(line, file=sys.stderr)
        return status


if __name__ == "__main__":
    raise SystemExit(main())
