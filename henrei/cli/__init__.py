"""Command line → one call of a function in commands.py, ledger_commands.py, letter_commands.py or upkeep_commands.py; `main` returns the exit status. What is heavy is imported there, by
the command that needs it: `henrei --help` must be quick."""

from __future__ import annotations

import argparse
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from typing import Any, NoReturn

import henrei
from henrei import error_report
from henrei.cli import commands, ledger_commands, letter_commands, upkeep_commands
from henrei.errors import HenreiError
from henrei.files import owner_only_files, temporary_files
from henrei.home import Home

Call = Callable[[Home, Namespace], int]  # home, arguments → exit status

# argparse's English errors → ours. tests/cli/test_parser.py holds every one of them against the Python in use.
_ERRORS = (
    (r"unrecognized arguments: (.+)", "「{}」という指定はありません"),
    (r"required: (.+)", "{} を指定してください"),
    (r"invalid choice: '([^']*)'", "「{}」というコマンドはありません"),
    (r"argument (\S+): expected", "{} の値がありません"),
)


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
        matches = ((re.search(pattern, message), sentence) for pattern, sentence in _ERRORS)
        fault = next((sentence.format(match[1]) for match, sentence in matches if match), "使い方が違います")
        raise HenreiError(f"{fault}。{self.prog} --help で使い方を見られます")


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
    month = _Parser(add_help=False)
    month.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    subparsers = main.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, help: str, call: Call, *arguments: _Parser) -> argparse.ArgumentParser:
        one = subparsers.add_parser(name, help=help, description=help, parents=[common, *arguments])
        one.set_defaults(call=call)
        return one

    one = command(
        "init",
        "henrei.toml、inbox、見出しだけの台帳を作る",
        lambda home, args: commands.init(home, name=args.name, number=args.number, contact=args.contact),
    )
    one.add_argument("target", metavar="HOME", nargs="?")
    one.add_argument("--name", metavar="N", help="市町村の名前")
    one.add_argument("--number", metavar="N", help="市町村番号(6桁)")
    one.add_argument("--contact", metavar="C", help="事業所への書類に載せる問い合わせ先(課の名前と電話番号)")
    command("menu", "メニューから使う(受付 → 確認 → 締め)", _menu)
    one = command(
        "run",
        "審査月のファイルを受け付け、確認する(やり直すとその月を置き換える)",
        lambda home, args: commands.run(home, args.month, direct=args.direct, strict=args.strict, debug=args.debug),
        month,
    )
    one.add_argument("--direct", action="store_true", help="Prefect を使わずに同じ処理をする")
    one.add_argument(
        "--strict",
        action="store_true",
        help="取り込めない行があるか、確認の3分の1以上を判定できなければ終了状態を 1 にする",
    )
    one = command(
        "status",
        "審査月がどこまで進み、何が判定できず、次に何をするか",
        lambda home, args: commands.status(home, args.month, args.json),
    )
    one.add_argument("month", metavar="MONTH", nargs="?", help="審査月 YYYY-MM(既定: inbox のいちばん新しい月)")
    one.add_argument("--json", action="store_true", help="JSON で出す")
    one = command(
        "check-ledgers",
        "届く前に、台帳の中身、気になる行、判定できる確認を見る",
        lambda home, args: ledger_commands.check_ledgers(home, args.month),
    )
    one.add_argument("month", metavar="MONTH", nargs="?", help="審査月 YYYY-MM(既定: inbox のいちばん新しい月)")
    one = command(
        "run-all",
        "フォルダーの下のすべての市町村で同じ審査月を確認し、結果をまとめる",
        lambda home, args: commands.run_all(args),
    )
    one.add_argument("homes", metavar="HOMES", help="市町村ごとの作業フォルダーを置いたフォルダー")
    one.add_argument("month", metavar="MONTH", help="審査月 YYYY-MM")
    one.add_argument(
        "--inbox", metavar="FOLDER", help="共同の受付フォルダー(下に審査月のフォルダー)。市町村ごとに分けて渡す"
    )
    one.add_argument(
        "--only",
        metavar="CITY",
        action="append",
        help="この市町村だけを確認し直す(作業フォルダーの名前か市町村番号。「,」で区切るか、いくつも指定する)。ほかは前の結果をまとめる",
    )
    one.add_argument("--out", metavar="FOLDER", help="まとめた結果の置き場所(既定: HOMES/out/MONTH)")
    one.add_argument(
        "--runner", choices=("local", "dask"), default="local", help="この機械のプロセスか、Dask のクラスターか"
    )
    one.add_argument("--scheduler", metavar="ADDRESS", help="動いている Dask のスケジューラー(例 tcp://10.0.0.5:8786)")
    one.add_argument("--workers", metavar="N", type=int, help="同時に処理する市町村の数(既定: コアの数)")
    command(
        "inquire",
        "指摘ごとの確認依頼を事業所別に作る(決める前に)",
        lambda home, args: letter_commands.inquire(home, args.month),
        month,
    )
    command(
        "remind",
        "これから届く審査月の請求で間違いそうなことを、事業所別の案内にする(月初めに)",
        lambda home, args: letter_commands.remind(home, args.month),
        month,
    )
    one = command(
        "answers",
        "事業所から返ってきた確認依頼(Excel)の回答を取り込む",
        lambda home, args: letter_commands.answers(home, args.month, args.files, args.remove),
        month,
    )
    one.add_argument("files", metavar="FILE", nargs="*", help="返ってきた確認依頼")
    one.add_argument("--remove", metavar="FACILITY", help="この事業所から最後に取り込んだ回答を取り消す(事業所番号)")
    one = command(
        "decide",
        "チームの決定(worklist.xlsx、decisions.csv)を取り込む",
        lambda home, args: commands.decide(home, args.month, args.files),
        month,
    )
    one.add_argument("files", metavar="FILE", nargs="+", help="決定のファイル")
    one = command(
        "close",
        "審査月を締め、結果を決める",
        lambda home, args: commands.close(home, args.month, args.undecided, yes=args.yes),
        month,
    )
    one.add_argument(
        "--undecided",
        choices=("return", "accept"),
        help="決まっていないものを返戻(return)か支払(accept)にする",
    )
    one.add_argument("--yes", action="store_true", help="返戻の件数を聞かずに締める")
    command(
        "reopen",
        "締めを取り消す(後の月が締まっていないとき)",
        lambda home, args: commands.reopen(home, args.month),
        month,
    )
    command("dashboard", "締めた月から out/dashboard.html を作り直す", lambda home, args: commands.dashboard(home))
    command("rebuild", "inbox と books から henrei.duckdb を作り直す", lambda home, args: commands.rebuild(home))
    one = command(
        "verify",
        "締めた月を受け取ったファイルから計算し直し、同じになるか確かめる",
        lambda home, args: upkeep_commands.verify(home, args.month, all_months=args.all),
    )
    one.add_argument("month", metavar="MONTH", nargs="?", help="審査月 YYYY-MM")
    one.add_argument("--all", action="store_true", help="締めたすべての月(1か月1行)")
    command(
        "history",
        "審査月の記録: だれが、いつ、どのファイルで、何件(児童や事業所の名前と番号は出しません)",
        lambda home, args: upkeep_commands.history(home, args.month),
        month,
    )
    one = command(
        "upgrade",
        "この版で作業フォルダーを使えるようにする(--rehearse で、写しの上で先に試す)",
        lambda home, args: upkeep_commands.upgrade(home, rehearse=args.rehearse),
    )
    one.add_argument("--rehearse", action="store_true", help="写しの上で試し、何が変わるかを言う(何も変えない)")
    one = command(
        "purge",
        "古い月の氏名と番号を消す(件数と、再請求の確認に要る状態だけを残す)",
        lambda home, args: upkeep_commands.purge(home, args.before, yes=args.yes, force=args.force),
    )
    one.add_argument("--before", metavar="MONTH", required=True, help="この審査月より前を消す YYYY-MM")
    one.add_argument("--yes", action="store_true", help="消す月の数を聞かずに消す(端末でないところでは要る)")
    one.add_argument("--force", action="store_true", help="保存年限([retention] months)に達していない月も消す")
    one = command(
        "survey",
        "事業所間連携加算の調査の数を出す",
        lambda home, args: commands.survey(home, args.month),
    )
    one.add_argument("month", metavar="MONTH", help="サービス提供年月 YYYY-MM")
    one = command(
        "facilities",
        "WAM NET のオープンデータから、事業所台帳にない事業所と空欄を足す(ledgers に書く)",
        lambda home, args: ledger_commands.facilities(home, args.file, args.month),
    )
    one.add_argument("file", metavar="FILE.csv", help="WAM NET のファイル(csvdownload….csv)")
    one.add_argument("--month", metavar="MONTH", help="審査月 YYYY-MM(既定: いちばん新しい月)")
    one = command(
        "columns",
        "標準仕様のデータ項目一覧から、台帳の列の対応の案を作る",
        lambda home, args: ledger_commands.columns(home, args.file),
    )
    one.add_argument("file", metavar="LIST.xlsx", help="基本データリスト(Excel)")
    one = command(
        "codes",
        "厚生労働省・こども家庭庁のサービスコード表(Excel)から service_codes.csv を作る",
        lambda home, args: ledger_commands.codes(home, args.files, args.since, args.until),
    )
    one.add_argument("files", metavar="FILE", nargs="+", help="サービスコード表のブック(.xlsx)")
    one.add_argument("--from", dest="since", metavar="DATE", required=True, help="このコード表の最初の日 YYYY-MM-DD")
    one.add_argument("--until", metavar="DATE", help="最後の日 YYYY-MM-DD(既定: 終わりなし)")
    one = command("checks", "確認の一覧", lambda home, args: commands.checks(args.json))
    one.add_argument("--json", action="store_true", help="JSON で出す")
    one = command(
        "explain",
        "確認の決まり、出典、必要な資料、判定のしかた、例、事業所のすること",
        lambda home, args: commands.explain(args.code),
    )
    one.add_argument("code", metavar="CODE", help="確認コード(例 DAY201)")
    one = command(
        "demo",
        "架空の市を作り、6か月分を確認して締める",
        lambda home, args: commands.demo(home, direct=args.direct, debug=args.debug),
    )
    one.set_defaults(usual_home="henrei-demo")
    one.add_argument("target", metavar="HOME", nargs="?")
    one.add_argument("--direct", action="store_true", help="Prefect を使わずに同じ処理をする")
    one = command("serve", "毎月の確認を Prefect のデプロイメントとして動かす", _serve)
    one.add_argument("--cron", metavar="CRON", help='起動する時(例 "0 6 11 * *" = 毎月11日6時)')
    return main


def _menu(home: Home, args: Namespace) -> int:
    from henrei.cli.menu import menu

    return menu(home, main)


def _serve(home: Home, args: Namespace) -> int:
    # Prefect's runner keeps files of its own, beside the runs, which take the home's lock in turn.
    with temporary_files(home.service_temporary) if home.exists() else nullcontext():
        return commands.serve(home, args.cron, debug=args.debug)


def _dispatch(given: list[str]) -> int:
    # What the common arguments are where they are not given: a subparser's own defaults would hide what came before it.
    args = parser().parse_args(given, Namespace(home=None, debug=False, target=None, usual_home=None))
    return args.call(Home.find(args.target or args.home or args.usual_home), args)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status of the contract (section 2). `argv` None: the process's own arguments."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in given
    with ExitStack() as stack:
        stack.enter_context(owner_only_files())
        if argv is None and "serve" not in given:  # its runs are children that must be heard
            stack.enter_context(error_report.discard_native_messages())
        stack.enter_context(error_report.hide_exception_details(debug))
        try:
            return _dispatch(given)
        except SystemExit:
            raise
        except BaseException as error:  # a user gets a line, whatever it is; a panic in Rust is no Exception
            if debug:
                error_report.show(error)
            line, status = error_report.line(error)
        print(line, file=sys.stderr)
        return status


if __name__ == "__main__":
    raise SystemExit(main())
