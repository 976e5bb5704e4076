"""What the terminal shows: a run's progress and summaries in, bars and tables out. Numbers only, never a name. Called by
the commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from henrei.checks.catalogue import catalogue
from henrei.flows.status import describe

_DECISIONS = "必要/決定済/保留"

if TYPE_CHECKING:
    from henrei.flows.code_faults import Fault
    from henrei.flows.codes import ImportedCodes
    from henrei.flows.run.monthly_run import Progress as Report


def console() -> Console:
    found = Console(highlight=False)
    # A pipe or a file has no width of its own; a table must not be cut there.
    return found if found.is_terminal else Console(highlight=False, width=160)


def _table(title: str) -> Table:
    """An empty table, in the box that also the console of an old Windows can draw."""
    return Table(title=title, title_justify="left", box=box.SQUARE)


def _say(out: Console, line: str) -> None:
    """A line as it is: what breaks it is the window, not we."""
    out.print(line, markup=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Report]:
    """Yields what a run reports to; nothing is drawn where the output is no terminal."""
    out = console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal) as bars:
        known: dict[str, TaskID] = {}

        def report(stage: str, title: str, done: int, total: int) -> None:
            if stage not in known:
                known[stage] = bars.add_task(title, total=total)
            bars.update(known[stage], completed=done, total=total)

        yield report


def run_summary(summary: dict[str, Any], notes: list[str]) -> None:
    """The table at the end of a run, below what there is to say first."""
    out = console()
    for note in notes:
        _say(out, f"※ {note}")
    files, claims = summary["files"], summary["claims"]
    loaded, refused = (sum(file[key] for file in files) for key in ("loaded", "refused"))
    table = _table(f"{summary['review_month']} の確認結果")
    for name, justify in (("項目", "left"), ("内容", "left"), ("件数", "right"), ("判定できず", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    table.add_row("ファイル", "", f"{len(files):,}", "")
    table.add_row("行", f"取込 {loaded:,} / 不備 {refused:,}", f"{sum(f['lines'] for f in files):,}", "")
    table.add_row("請求", f"給付費 {claims['benefit_yen']:,}円", f"{claims['received']:,}", "")
    table.add_section()
    for check in summary["checks"]:
        open_ = check["undetermined"]
        if check["findings"] or open_ is None or open_:
            mark = "(台帳が古い可能性: 要確認に下げました)" if check["braked"] else ""
            title = f"{catalogue()[check['code']].title}{mark}"
            table.add_row(check["code"], title, f"{check['findings']:,}", "全体" if open_ is None else f"{open_:,}")
    table.add_section()
    money = f"給付費 {claims['with_return_finding_yen']:,}円"
    table.add_row("返戻相当", money, f"{claims['with_return_finding']:,}", "")
    out.print(table)
    reasons = {check["reason"]: check for check in summary["checks"] if check["reason"]}
    for reason in reasons:
        codes = "・".join(check["code"] for check in summary["checks"] if check["reason"] == reason)
        _say(out, f"※ 判定していません({codes}): {reason}")


def cities_summary(summary: dict[str, Any]) -> None:
    """The end of run-all: what is wrong with the inputs of each city, a table with a row a city, and the sums."""
    out = console()
    for city in summary["cities"]:
        for cause in city.get("causes", [])[:1]:
            if cause["grave"]:
                _say(out, f"※ {city['home']}: {cause['line']}")
    table = _table(f"{summary['review_month']} の確認結果(市町村別)")
    left = ("作業フォルダー", "市町村", "状態", "次", "版")
    numbers = ("秒", "請求", "指摘", "不備の行", "判定していない確認", "台帳の不備", _DECISIONS)
    for name in (*left[:3], *numbers, *left[3:]):
        table.add_column(name, justify="left" if name in left else "right", overflow="fold")
    for city in summary["cities"]:
        row = [city["home"], city["municipality_no"], _city_state(city), f"{city['seconds']:.1f}"]
        if city["status"] == 0:
            row += _counts_cells(city) if "findings" in city else ["", "", ""]
            row += _progress_cells(city)
        table.add_row(*row)
    table.add_section()
    through = sum(city["ran"] and city["status"] == 0 for city in summary["cities"])
    claims, files = summary["claims"], summary["files"]
    last = (f"{claims['received']:,}", f"{summary['findings']:,}", f"{files['refused']:,}")
    table.add_row("計", "", f"{through}/{len(summary['cities'])}", f"{summary['seconds']['all']:.1f}", *last)
    out.print(table)
    from henrei.flows.cities import capacity

    merged = summary["merged_fac"]
    out.print(
        f"{capacity.joint_title()}: 指摘 {merged['findings']:,}、判定できず {merged['undetermined']:,}",
        markup=False,
    )
    for note in merged["notes"]:
        out.print(f"※ {note}", markup=False)


def _city_state(city: dict[str, Any]) -> str:
    if city["status"]:
        return f"失敗({city['status']})"
    grave = "要対処・" if any(cause["grave"] for cause in city["causes"]) else ""
    before = "" if city["ran"] else "(今回は未実行)"
    return f"{grave}{describe(city['state'], short=True)}{before}"


def _counts_cells(city: dict[str, Any]) -> list[str]:
    return [f"{city['claims']['received']:,}", f"{city['findings']:,}", f"{city['files']['refused']:,}"]


def _progress_cells(city: dict[str, Any]) -> list[str]:
    """Checks that were not judged, ledgers with a fault, decisions, the next command, the version that ran the month."""
    checks, ledgers, decisions = city["checks"], city["ledgers"], city["decisions"]
    return [
        f"{checks['unjudged']}/{checks['enabled']}",
        f"無{ledgers['absent']}・不備{ledgers['refused']}" if ledgers["absent"] or ledgers["refused"] else "0",
        "/".join(f"{decisions[name]:,}" for name in ("needed", "decided", "hold")),
        city["next"]["command"].split()[1],
        city["version"],
    ]


def survey(table: pl.DataFrame, title: str) -> None:
    """The survey's counts."""
    shown = _table(title)
    for name in table.columns:
        shown.add_column(name, justify="right" if name == "値" else "left")
    for row in table.iter_rows():
        shown.add_row(*row)
    console().print(shown)


_SHOWN = 20  # lines of each list; the file beside has all


def codes_summary(imported: ImportedCodes) -> None:
    """What an import of service codes did: a row a service type, and what does not fit."""
    from henrei.flows.code_faults import FAULTS

    out = console()
    classes = [kind for kind in ("基本", "加算", "減算", "率") if any(one == kind for _, one in imported.codes)]
    table = _table("サービスコード")
    for name in ("種類", *classes, "計"):
        table.add_column(name, justify="left" if name == "種類" else "right")
    for service_type in sorted({one for one, _ in imported.codes}):
        counts = [imported.codes[service_type, kind] for kind in classes]
        table.add_row(service_type, *(f"{count:,}" for count in (*counts, sum(counts))))
    table.add_section()
    sums = [sum(count for (_, one), count in imported.codes.items() if one == kind) for kind in classes]
    table.add_row("計", *(f"{count:,}" for count in (*sums, sum(sums))))
    out.print(table)
    changes = f"新しいコード {imported.new:,}、名称か単位数が変わったコード {imported.changed:,}、同じコード {imported.same:,}"
    closed = f"前日で閉じた行 {imported.merged.closed:,}(うち新しい表にないコード {imported.gone:,})"
    replaced = (
        f"、同じ開始日の前の取り込みと置き換えた行 {imported.merged.replaced:,}" if imported.merged.replaced else ""
    )
    out.print(f"{changes}、{closed}{replaced}", markup=False, soft_wrap=True)
    for note in imported.notes:
        out.print(f"※ {note}", markup=False, soft_wrap=True)
    for what in FAULTS:
        of_kind = [fault for fault in imported.faults if fault.what == what]
        if not of_kind:
            continue
        out.print(f"{what}: {len(of_kind):,}行", markup=False)
        lines = _fault_lines(of_kind)
        for line in lines[:_SHOWN]:
            out.print(f"  {line}", markup=False, soft_wrap=True)
        if len(lines) > _SHOWN:
            out.print(f"  ほか{len(lines) - _SHOWN:,}", markup=False)
    if imported.listed:
        out.print(f"合わないものの一覧: {imported.listed}", markup=False, soft_wrap=True)


def _fault_lines(faults: list[Fault]) -> list[str]:
    """A line a row; names without a rule together where only their suffixes differ."""
    together: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        together.setdefault((fault.code[:2], fault.stem) if fault.stem else (fault.sheet, str(fault.line)), []).append(
            fault
        )
    lines = []
    for group in together.values():
        one = group[0]
        units = "単位数なし" if one.units is None else f"表 {one.units}"
        parts = [one.code, one.shown, *([f"{units} / 計算 {one.computed}"] if one.computed else []), one.why]
        also = f"、ほか{len(group) - 1:,}コード" if len(group) > 1 else ""
        lines.append(f"{' '.join(part for part in parts if part)}(シート「{one.sheet}」{one.line}行{also})")
    return lines
