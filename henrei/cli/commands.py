"""What each command does. Every function returns the exit status; errors are HenreiError."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from henrei.errors import HenreiError

if TYPE_CHECKING:
    from henrei.flows.run.monthly_run import MonthRun


def init(home: Path) -> int:
    from henrei.flows import home as homes

    made = homes.make(home)
    for path in made:
        print(path.relative_to(home).as_posix())
    print(
        f"{home} を用意しました。henrei.toml に市町村番号を書き、inbox に審査月のフォルダー(例 inbox/2026-05)を作って、"
        "届いたファイルと台帳を入れてください。"
    )
    return 0


def run(home: Path, month: str, *, direct: bool, strict: bool, debug: bool) -> int:
    from henrei.cli import terminal
    from henrei.flows import close as closing
    from henrei.flows import home as homes
    from henrei.flows.run.monthly_run import MonthRun
    from henrei.flows.run.pipeline import run_directly
    from henrei.flows.settings import FILE_NAME, load, parse_month

    day = parse_month(month)
    settings = load(home)
    if settings.unknown:
        say(f"{FILE_NAME} に henrei の知らない設定があります(読みません): {'、'.join(settings.unknown)}")
    with homes.locked(home):
        closing.require_open(home, day)
        with terminal.progress() as report, MonthRun(home, day, settings, report).opened() as work:
            if direct or not _with_prefect(work, debug):
                run_directly(work)
        terminal.closing(work.summary, work.notes)
    print(f"結果: {home / 'out' / month / 'worklist.xlsx'}")
    return 1 if strict and any(file["refused"] for file in work.summary["files"]) else 0


def run_all(args: Namespace) -> int:
    from henrei.flows.cities.run_all import Wish
    from henrei.flows.cities.run_all import run_all as run_cities
    from henrei.flows.home import find

    wish = Wish(
        inbox=find(args.inbox) if args.inbox else None,
        out=find(args.out) if args.out else None,
        runner=args.runner,
        scheduler=args.scheduler,
        workers=args.workers,
        debug=getattr(args, "debug", False),
    )
    return run_cities(find(args.homes), args.month, wish)


def _with_prefect(work, debug: bool) -> bool:
    from henrei.flows.prefect.runner import run_with_prefect

    return run_with_prefect(work, debug=debug, say=say)


def inquire(home: Path, month: str) -> int:
    from henrei.flows import home as homes
    from henrei.flows import inquire as inquiring
    from henrei.flows.settings import load, parse_month

    day, settings = parse_month(month), load(home)
    with homes.locked(home):
        count = inquiring.inquire(home, day, settings)
    print(f"確認依頼 {count:,}事業所: {home / 'out' / month / 'inquiries'}")
    return 0


def decide(home: Path, month: str, files: list[str]) -> int:
    from henrei.flows import decide as deciding
    from henrei.flows import home as homes
    from henrei.flows.settings import load, parse_month

    day, settings = parse_month(month), load(home)
    with homes.locked(home):
        decided = deciding.decide(home, day, [Path(file) for file in files], settings)
    print(f"{month}: {decided.count}件の決定を取り込みました")
    if decided.unsaid:
        print(f"※ 回答・備考だけで決定が空欄の{decided.unsaid}件は取り込んでいません")
    return 0


def close(home: Path, month: str, undecided: str | None) -> int:
    from henrei.flows import close as closing
    from henrei.flows import home as homes
    from henrei.flows.prefect import runner
    from henrei.flows.run import outputs
    from henrei.flows.settings import load, parse_month

    day, settings = parse_month(month), load(home)
    with homes.locked(home):
        outcomes = closing.close(home, day, undecided, settings)
    for (kind, outcome), part in sorted(outcomes.partition_by("kind", "outcome", as_dict=True).items()):
        money = f" 給付費 {part['benefit_yen'].sum():,}円" if kind == "明" else ""
        print(f"{'明細書' if kind == '明' else '結果票'} {outcome} {part.height:,}件{money}")
    folder = home / "out" / month
    print(f"事業所へのお知らせ {len(list(folder.glob('notices/*.pdf'))):,}事業所: {folder / 'notices'}")
    print(f"{month} を締めました: {folder / 'outcomes.csv'}")
    runner.show(home, f"henrei-close-{month}", outputs.closing_overview(month, outcomes, folder))
    return 0


def reopen(home: Path, month: str) -> int:
    from henrei.flows import close as closing
    from henrei.flows import home as homes
    from henrei.flows.settings import parse_month

    day = parse_month(month)
    with homes.locked(home):
        closing.reopen(home, day)
    print(f"{month} の締めを取り消しました。決定は残っています")
    return 0


def dashboard(home: Path) -> int:
    from henrei.flows import close as closing
    from henrei.flows import home as homes
    from henrei.flows.settings import load

    load(home)
    with homes.locked(home):
        path = closing.write_dashboard(home)
    print(f"締めた月の返戻率をまとめました: {path}")
    return 0


def verify(home: Path, month: str) -> int:
    from henrei.flows import home as homes
    from henrei.flows.settings import load, parse_month
    from henrei.flows.verify import verify as compute

    day = parse_month(month)
    load(home)
    with homes.locked(home):
        found = compute(home, day)
    for note in found.notes:
        print(f"※ {note}")
    print(f"監査記録の末尾: {found.head}")
    if found.differing:
        for name in found.differing:
            print(f"違います: {name}")
        more = f"(ほか{len(found.differing) - 1}ファイル)" if len(found.differing) > 1 else ""
        mend = "消去した月の記録がないためかもしれません。" if found.purged else ""
        raise HenreiError(
            f"{month} を計算し直すと {found.differing[0]} が違います{more}。{mend}書きかえられていないか、控えと見比べてください"
        )
    print(f"{month} を受け取ったファイルから計算し直し、{found.same}ファイルすべてが同じでした")
    return 0


def purge(home: Path, month: str) -> int:
    from henrei.flows import home as homes
    from henrei.flows.purge import purge as remove
    from henrei.flows.settings import load, parse_month

    day, settings = parse_month(month), load(home)
    with homes.locked(home):
        gone = remove(home, day, settings)
    if not gone.months:
        print(f"{month} より前に消すものはありません")
        return 0
    print(
        f"{month} より前の{len(gone.months)}か月の氏名と番号を消しました。件数と、再請求の確認に要る状態だけが残ります"
    )
    for path in gone.kept:
        print(f"※ {path} は残る月がまだ使うため、消していません")
    print("※ 作業フォルダーの外の写し(控え、渡したファイル、印刷物)は henrei からは消せません")
    return 0


def rebuild(home: Path) -> int:
    from henrei.flows import home as homes
    from henrei.flows import rebuild as rebuilding
    from henrei.flows.settings import load

    settings = load(home)
    with homes.locked(home):
        months = rebuilding.rebuild(home, settings)
    print(f"henrei.duckdb を作り直しました({len(months)}か月)")
    return 0


def survey(home: Path, month: str) -> int:
    from henrei.cli import terminal
    from henrei.data.rules import rules
    from henrei.flows import home as homes
    from henrei.flows.run import outputs
    from henrei.flows.settings import load, parse_month
    from henrei.reports.survey import survey as count
    from henrei.store.database import open_store

    day = parse_month(month, "サービス提供年月")
    load(home)
    with homes.locked(home), open_store(home, rules()) as con:
        found = count(con, day)
    path = outputs.write_one(home / "out" / f"survey_{month}.csv", found.table)
    terminal.survey(
        found.table, f"事業所間連携加算の調査 サービス提供年月 {month} (審査月 {found.review_month:%Y-%m} まで)"
    )
    if not found.claims:
        say(f"サービス提供年月 {month} の請求がありません。審査月ではなくサービス提供年月を指定してください")
    print(f"結果: {path}")
    return 0


def checks(as_json: bool) -> int:
    from henrei.checks.catalogue import SEVERITY_LABELS, catalogue

    if as_json:
        rows = [
            {"code": c.code, "name": c.name, "severity": c.severity, "title": c.title, "source": c.source}
            for c in catalogue().values()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for check in catalogue().values():
        print(f"{check.code}  {SEVERITY_LABELS[check.severity]:<5} {check.title} ({check.name})")
        print(f"        出典: {check.source}")
    return 0


def explain(code: str) -> int:
    from henrei.checks.explain import explain as text

    print(text(code))
    return 0


DEMO_MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")


def demo(home: Path, *, direct: bool, debug: bool) -> int:
    from henrei.data.fictional import make_city
    from henrei.flows.settings import FILE_NAME

    if home.exists() and any(home.iterdir()):
        if not (home / FILE_NAME).exists() or not (home / "truth").is_dir():
            raise HenreiError(f"{home} は空ではありません。空のフォルダーを指定してください")
        shutil.rmtree(home)  # an earlier demo: made by us, made again
    make_city(home, children=300, months=DEMO_MONTHS, seed=2026, style="both", lived=True)
    with ExitStack() as stack:
        if not direct:
            from henrei.flows.prefect.runner import one_server, prepare_environment

            prepare_environment(home, debug=debug)
            stack.enter_context(one_server())
        for month in DEMO_MONTHS:
            if status := run(home, month, direct=direct, strict=False, debug=debug):
                return status
            decide(home, month, [str(home / "decisions" / f"{month}.csv")])
            close(home, month, None)
            print()
    last = home / "out" / DEMO_MONTHS[-1]
    print(f"架空の市(児童300人)を {home} に作り、{DEMO_MONTHS[0]} から {DEMO_MONTHS[-1]} までを確認して締めました。")
    print("次のファイルを Excel で開いてください:")
    for path, what in (
        (last / "worklist.xlsx", "チームが決める一覧(何を、なぜ返すか)"),
        (last / "findings.csv", "指摘のすべて"),
        (last / "undetermined.csv", "判定できなかったもの"),
        (last / "rejects.csv", "取り込めなかった行"),
        (last / "outcomes.csv", "締めた結果(決定・返戻・取下げ)"),
        (last / "payments.csv", "事業所ごとの支払"),
        (last / "notices", "事業所へのお知らせ(Excel と PDF)"),
        (home / "out" / "return_rates.csv", "返戻率の推移"),
        (home / "out" / "dashboard.html", "返戻率と理由のグラフ(ブラウザーで開きます)"),
    ):
        print(f"  {path}  {what}")
    return 0


@dataclass(frozen=True)
class ServedHome:
    """Makes the work of one month in a served run, holding the home's lock meanwhile. A process of its own gets it."""

    home: Path

    @contextmanager
    def __call__(self, month: str) -> Iterator[MonthRun]:
        from henrei.flows import close as closing
        from henrei.flows import home as homes
        from henrei.flows.run.monthly_run import MonthRun
        from henrei.flows.settings import load, parse_month

        day, settings = parse_month(month), load(self.home)
        with homes.locked(self.home):
            closing.require_open(self.home, day)
            with MonthRun(self.home, day, settings).opened() as work:
                yield work


def serve(home: Path, cron: str | None, *, debug: bool) -> int:
    from henrei.flows.prefect.deployment import serve as serve_flow
    from henrei.flows.settings import load

    load(home)  # a wrong henrei.toml is said now, not on the night of the first run
    serve_flow(home, cron, ServedHome(home), debug=debug)
    return 0


def say(line: str) -> None:
    """One line on standard error."""
    print(line, file=sys.stderr)
