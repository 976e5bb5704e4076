"""A function a command: the home and the command's arguments in, lines on the screen and the exit status out. Called by the
parser; errors are HenreiError. Everything heavy is imported within: `henrei --help` must be quick.
"""

from __future__ import annotations

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from henrei import labels
from henrei.errors import HenreiError
from henrei.home import SETTINGS, Home
from henrei.months import month_of, month_text, parse_month

if TYPE_CHECKING:
    from collections.abc import Callable

    from henrei.flows.close_preview import ClosePreview
    from henrei.flows.run.monthly_run import MonthlyRun
    from henrei.flows.settings import Settings
    from henrei.flows.status import Status


def init(home: Home, *, name: str | None, number: str | None, contact: str | None) -> int:
    from henrei.cli import first_answers, help_pages, process
    from henrei.flows.init import UNKNOWN_NUMBER, make_home

    given = first_answers.FirstAnswers(name, number, contact)
    new = not home.exists()
    answers = first_answers.complete(given, ask_for_rest=new)
    for path in make_home(home, answers.name or "", answers.number or UNKNOWN_NUMBER, answers.contact or ""):
        print(home.name_of(path))
    print(f"{home} を用意しました。")
    for line in first_answers.left_to_write(answers) if new else first_answers.not_written(given):
        print(f"※ {line}")
    print(
        f"次は、審査月のフォルダー(例 {home.inbox() / '2026-05'})を作って届いたファイルと台帳を入れ、henrei run 2026-05 です。"
        "毎月は変わらない台帳は ledgers に入れておけます。"
    )
    print(f"初めての方の案内(ブラウザーで開きます): {help_pages.path(help_pages.FIRST_STEPS)}")
    if note := process.note(home):
        print(note)
    return 0


def run(home: Home, month: str, *, direct: bool, strict: bool, debug: bool) -> int:
    from henrei.cli import status_text, terminal
    from henrei.flows.month_state import require_open
    from henrei.flows.recovery import locked
    from henrei.flows.run.monthly_run import MonthlyRun
    from henrei.flows.run.pipeline import run_directly
    from henrei.flows.settings import load

    day = parse_month(month)
    settings = load(home)
    if settings.unknown:
        say(f"{SETTINGS} に henrei の知らない設定があります(読みません): {'、'.join(settings.unknown)}")
    with locked(home):
        require_open(home, day)
        with terminal.progress() as report, MonthlyRun(home, day, settings, report).opened() as work:
            if direct or not _with_prefect(work, debug):
                run_directly(work.stages)
    now = _status(home, month, settings)
    terminal.run_summary(work.summary, [*status_text.warnings(now, settings), *work.notes])
    print(status_text.decisions_line(now))
    print(f"結果: {home.out(day) / 'worklist.xlsx'}")
    print(status_text.next_line(now))
    refused = any(file["refused"] for file in work.summary["files"])
    return 1 if strict and (refused or now.inputs.hardly_judged) else 0


def _status(home: Home, month: str, settings: Settings) -> Status:
    from henrei.flows.status import status as read_status

    return read_status(home, parse_month(month), settings, date.today())


def status(home: Home, month: str | None, as_json: bool) -> int:
    from henrei.cli import status_text
    from henrei.flows.settings import load
    from henrei.flows.status import newest_month

    settings = load(home)
    found = _status(home, month or month_text(newest_month(home)), settings)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        for line in status_text.warnings(found, settings):
            say(f"※ {line}")
        return 0
    for line in status_text.lines(found, settings):
        print(line)
    return 0


def _with_prefect(work: MonthlyRun, debug: bool) -> bool:
    from henrei.flows.prefect.runner import run_with_prefect

    return run_with_prefect(work, debug=debug, say=say)


def run_all(args: Namespace) -> int:
    from henrei.cli import terminal
    from henrei.flows.cities.run_all import RunAllOptions
    from henrei.flows.cities.run_all import run_all as run_cities

    def folder(given: str) -> Path:
        return Home.find(given).root

    options = RunAllOptions(
        inbox=folder(args.inbox) if args.inbox else None,
        out=folder(args.out) if args.out else None,
        runner=args.runner,
        scheduler=args.scheduler,
        workers=args.workers,
        only=tuple(name.strip() for given in args.only or () for name in given.split(",") if name.strip()),
        debug=getattr(args, "debug", False),
    )
    summary, out = run_cities(folder(args.homes), parse_month(args.month), options, show=_print, say=say)
    terminal.cities_summary(summary)
    print(f"結果: {out / 'findings.csv'}")
    for city in summary["cities"]:
        if city["status"]:
            say(f"{city['home']}: {city['line']}")
    return max(city["status"] for city in summary["cities"])


def decide(home: Home, month: str, files: list[str]) -> int:
    from henrei.flows.decide import decide as read_decisions
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    day, settings = parse_month(month), load(home)
    with locked(home):
        decided = read_decisions(home, day, [Path(file) for file in files], settings)
    for line in decided.lines:
        print(f"※ {line}")
    left = decided.left
    print(
        f"{month}: {decided.count}件の決定を取り込みました。"
        f"残り 必要{left.undecided:,}件・保留{left.hold:,}件 (給付費 {left.yen:,}円)"
    )
    return 0


def close(home: Home, month: str, undecided: str | None, *, yes: bool) -> int:
    from henrei.cli import ask
    from henrei.flows.close import agree_to_all
    from henrei.flows.contact import contact_fault
    from henrei.flows.settings import load

    def agree(preview: ClosePreview) -> None:
        for line in preview.lines(month):
            print(line)
        count = preview.returned.count
        prompt = "締めるときは、返戻の件数(明細書と結果票の合計)を入れてください: "
        if not yes and not ask.types_back(prompt, count):
            raise HenreiError(f"返戻の件数({count:,}件)が入らなかったため、締めていません。何も変えていません")

    parse_month(month)
    if fault := contact_fault(load(home)):
        print(f"※ {fault}")
    return _close(home, month, undecided, agree if ask.at_terminal() else agree_to_all)


def _close(home: Home, month: str, undecided: str | None, agree: Callable[[ClosePreview], None]) -> int:
    from henrei.flows.close import close as close_month
    from henrei.flows.prefect.runner import show
    from henrei.flows.recovery import locked
    from henrei.flows.run.summary import closing_overview
    from henrei.flows.settings import load

    day, settings = parse_month(month), load(home)
    with locked(home):
        outcomes = close_month(home, day, undecided, settings, agree)
    for (kind, outcome), part in sorted(outcomes.partition_by("kind", "outcome", as_dict=True).items()):
        money = f" 給付費 {part['benefit_yen'].sum():,}円" if kind == labels.CLAIM_KIND else ""
        label = labels.SHORT_SUBJECTS[labels.SUBJECT_OF_KIND[str(kind)]]
        print(f"{label} {outcome} {part.height:,}件{money}")
    folder = home.out(day)
    print(f"事業所へのお知らせ {len(list(folder.glob('notices/*.pdf'))):,}事業所: {folder / 'notices'}")
    print(f"{month} を締めました: {folder / 'outcomes.csv'}")
    show(home, f"henrei-close-{month}", closing_overview(month, outcomes, folder))
    return 0


def reopen(home: Home, month: str) -> int:
    from henrei.flows.recovery import locked
    from henrei.flows.reopen import reopen as reopen_month

    day = parse_month(month)
    with locked(home):
        reopen_month(home, day)
    print(f"{month} の締めを取り消しました。決定は残っています")
    return 0


def dashboard(home: Home) -> int:
    from henrei.flows.dashboard import write_dashboard
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    load(home)
    with locked(home):
        path = write_dashboard(home)
    print(f"締めた月の返戻率をまとめました: {path}")
    return 0


def rebuild(home: Home) -> int:
    from henrei.flows.rebuild import rebuild as rebuild_store
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    load(home)
    with locked(home):
        months = rebuild_store(home)
    print(f"henrei.duckdb を作り直しました({len(months)}か月)")
    return 0


def survey(home: Home, month: str) -> int:
    from henrei.cli import terminal
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load
    from henrei.flows.survey import write_survey

    day = parse_month(month, "サービス提供年月")
    load(home)
    with locked(home):
        survey, path = write_survey(home, day)
    until = month_text(survey.review_month)
    terminal.survey(survey.table, f"事業所間連携加算の調査 サービス提供年月 {month} (審査月 {until} まで)")
    if not survey.claims:
        say(f"サービス提供年月 {month} の請求がありません。審査月ではなくサービス提供年月を指定してください")
    print(f"結果: {path}")
    return 0


def checks(as_json: bool) -> int:
    from henrei.checks.catalogue import catalogue

    if as_json:
        rows = [
            {"code": c.code, "name": c.name, "severity": c.severity, "title": c.title, "source": c.source}
            for c in catalogue().values()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for check in catalogue().values():
        print(f"{check.code}  {labels.SEVERITIES[check.severity]:<5} {check.title} ({check.name})")
        print(f"        出典: {check.source}")
    return 0


def explain(code: str) -> int:
    from henrei.checks.explain import explain as text

    print(text(code))
    return 0


DEMO_MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")


def demo(home: Home, *, direct: bool, debug: bool) -> int:
    from henrei.data.fictional import make_city
    from henrei.flows.close import agree_to_all

    if home.root.exists() and any(home.root.iterdir()):
        if not home.exists() or not (home.root / "truth").is_dir():
            raise HenreiError(f"{home} は空ではありません。空のフォルダーを指定してください")
        shutil.rmtree(home.root)  # an earlier demo: made by us, made again
    make_city(home.root, children=300, months=DEMO_MONTHS, seed=2026, style="both", with_closing=True)
    with ExitStack() as stack:
        if not direct:
            from henrei.flows.prefect.connect import one_server, prepare_environment

            prepare_environment(home.prefect, debug=debug)
            stack.enter_context(one_server())
        for month in DEMO_MONTHS:
            if status := run(home, month, direct=direct, strict=False, debug=debug):
                return status
            decide(home, month, [str(home.root / "decisions" / f"{month}.csv")])
            _close(home, month, None, agree_to_all)
            print()
    last = home.out(month_of(DEMO_MONTHS[-1]))
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
        (home.return_rates, "返戻率の推移"),
        (home.dashboard, "返戻率と理由のグラフ(ブラウザーで開きます)"),
    ):
        print(f"  {path}  {what}")
    return 0


@dataclass(frozen=True)
class ServedHome:
    """Makes the work of one month in a served run, holding the home's lock meanwhile. A process of its own gets it."""

    home: Home

    @contextmanager
    def __call__(self, month: str) -> Iterator[MonthlyRun]:
        from henrei.flows.month_state import require_open
        from henrei.flows.recovery import locked
        from henrei.flows.run.monthly_run import MonthlyRun
        from henrei.flows.settings import load

        day, settings = parse_month(month), load(self.home)
        with locked(self.home):
            require_open(self.home, day)
            with MonthlyRun(self.home, day, settings).opened() as work:
                yield work


def serve(home: Home, cron: str | None, *, debug: bool) -> int:
    from henrei.flows.prefect.deployment import serve as serve_flow
    from henrei.flows.settings import load

    load(home)  # a wrong henrei.toml is an error now, not on the night of the first run
    serve_flow(home, cron, ServedHome(home), debug=debug)
    return 0


def say(line: str) -> None:
    """One line on standard error."""
    print(line, file=sys.stderr, flush=True)


def _print(line: str) -> None:
    print(line, flush=True)
