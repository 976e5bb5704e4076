"""out/<month>/ as a run writes it: first beside its place, then, the run being decided, into it, summary.json last."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

import henrei
from henrei.checks import findings as found
from henrei.checks.catalogue import catalogue, ruleset
from henrei.checks.runner import Result
from henrei.errors import HenreiError
from henrei.flows.run.receive import InboxFile
from henrei.flows.settings import say_variants
from henrei.publication import Publication
from henrei.schemas.exchange import read
from henrei.schemas.exchange.lines import beginnings
from henrei.store.books import csv_bytes

if TYPE_CHECKING:
    from henrei.flows.run.monthly_run import MonthRun

_MOST = 4000  # bytes of a refused line that are shown: more than any record has, and a cell of Excel holds them
REJECT_COLUMNS = ("file", "line", "record", "item_no", "item_name", "reason_code", "reason", "raw")


def received(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Claims of this review month that were not refused, and their 給付費."""
    row = con.execute("SELECT count(*), coalesce(sum(benefit_yen), 0) FROM claims_now").fetchall()[0]
    return {"received": int(row[0]), "benefit_yen": int(row[1])}


def rejects(files: list[InboxFile], refused: list[pl.DataFrame]) -> pl.DataFrame:
    """Every refused line with what stood there, sorted by file and line."""
    frame = pl.concat([pl.DataFrame(schema=read.REFUSED_LINE), *refused])
    raw: dict[str, list] = {"file": [], "line": [], "raw": []}
    for (number,), part in frame.partition_by("file", as_dict=True).items():
        file = files[int(str(number))]
        wanted = set(part["line"])
        for line, data, size in beginnings(file.path, _MOST):
            if line in wanted:
                raw["file"].append(number)
                raw["line"].append(line)
                raw["raw"].append(_shown(data, file.kind, size))
    lines = pl.DataFrame(raw, schema={"file": pl.UInt32, "line": pl.Int64, "raw": pl.String})
    frame = frame.join(lines, on=["file", "line"], how="left")
    names = {file.number: file.name for file in files}
    return (
        frame.sort("file", "line")
        .with_columns(file=pl.col("file").replace_strict(names, return_dtype=pl.String))
        .select(REJECT_COLUMNS)
    )


def _shown(data: bytes, kind: str, size: int) -> str:
    """A line as text, bytes that are no characters as \\x.., so that nothing is lost; `data` may be its beginning."""
    end = len(data) == size
    left = f"…(ほか{size - len(data):,}バイト)" if not end else ""
    data = data.rstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")
    # Half-width kana of CP932 can look like UTF-8, so each kind of file has its own encoding tried first.
    for encoding in ("cp932",) if kind == "exchange" else ("utf-8", "cp932"):
        try:  # where a character is cut in two, its first half is not shown
            return codecs.getincrementaldecoder(encoding)().decode(data, final=end) + left
        except UnicodeDecodeError:
            continue
    return data.decode("cp932", errors="backslashreplace") + left


def summary(run: MonthRun, claims: dict[str, int]) -> dict[str, Any]:
    """The content of summary.json (contract section 4)."""
    hit = run.findings.filter((pl.col("subject") == "claim") & (pl.col("severity") == "return"))
    hit = hit.unique(["facility_no", "recipient_no", "service_month"])
    checks = []
    for result in run.results:
        judged = result.not_judged is None
        checks.append(
            {
                "code": result.check.code,
                "findings": result.findings.height,
                "undetermined": result.undetermined.height if judged else None,
                "reason": result.not_judged,
                "braked": result.braked,
            }
        )
    return {
        "review_month": run.month,
        "version": henrei.__version__,
        "ruleset": ruleset(),
        "variants": run.settings.variants,
        "city": run.settings.municipality_no,
        "files": [
            {
                "file": file.name,
                "sha256": file.sha256,
                "kind": run.intake.kind_of(file),
                **{name: run.intake.counts[file.number][name] for name in ("lines", "loaded", "refused", "ignored")},
            }
            for file in run.intake.files
        ],
        "checks": checks,
        "claims": {
            **claims,
            "with_return_finding": hit.height,
            "with_return_finding_yen": int(hit["amount_yen"].sum()),
        },
        "seconds": {name: round(seconds, 3) for name, seconds in run.seconds.items()},
    }


_LINKED = {
    "worklist.xlsx": "決めるもの",
    "findings.csv": "指摘",
    "undetermined.csv": "判定できなかったもの",
    "rejects.csv": "取り込めなかった行",
    "outcomes.csv": "締めた結果",
    "returns.csv": "返戻等一覧",
    "payments.csv": "事業所ごとの支払",
    "notices": "事業所へのお知らせ",
    "../dashboard.html": "返戻率の推移",
}


def links(folder: Path) -> list[str]:
    """The month's files that are there, as a list in markdown."""
    there = {name: (folder / name).resolve() for name in _LINKED}
    return [f"- [{_LINKED[name]}]({path.as_uri()})" for name, path in there.items() if path.exists()]


def closing_overview(month: str, outcomes: pl.DataFrame, folder: Path) -> str:
    """What close decided as markdown, numbers only, with the files it made."""
    lines = [f"# {month} を締めた結果", "", "| 種別 | 結果 | 件数 | 給付費 |", "|---|---|---:|---:|"]
    for (kind, outcome), part in sorted(outcomes.partition_by("kind", "outcome", as_dict=True).items()):
        label, money = ("明細書", f"{part['benefit_yen'].sum():,}円") if kind == "明" else ("結果票", "")
        lines.append(f"| {label} | {outcome} | {part.height:,} | {money} |")
    return "\n".join([*lines, "", *links(folder)])


def overview(summary: dict[str, Any], folder: Path) -> str:
    """The summary as markdown, numbers only, with the files of the month."""
    claims = summary["claims"]
    lines = [
        f"# {summary['review_month']} の確認結果",
        "",
        f"- 請求 {claims['received']:,}件 {claims['benefit_yen']:,}円",
        f"- 返戻相当の指摘がある請求 {claims['with_return_finding']:,}件 {claims['with_return_finding_yen']:,}円",
        f"- {say_variants(summary['variants'])}",
        "",
        "| 確認 | 内容 | 指摘 | 判定できず |",
        "|---|---|---:|---:|",
    ]
    for check in summary["checks"]:
        title = catalogue()[check["code"]].title
        open_ = "全体" if check["undetermined"] is None else f"{check['undetermined']:,}"
        lines.append(f"| {check['code']} | {title} | {check['findings']:,} | {open_} |")
    return "\n".join([*lines, "", *links(folder)])


def previous(folder: Path) -> pl.DataFrame | None:
    path = folder / "findings.parquet"
    return pl.read_parquet(path) if path.is_file() else None


# In the order in which they take their places; what is not written again by a run stays.
RUN = Publication(
    "run",
    (
        "findings.csv",
        "findings.parquet",
        "undetermined.csv",
        "rejects.csv",
        "changes.csv",
        "worklist.xlsx",
        "summary.json",
    ),
)


def stage(
    folder: Path,
    findings: pl.DataFrame,
    results: list[Result],
    rejects: pl.DataFrame,
    summary: dict,
    worklist: Callable[[pl.DataFrame, pl.DataFrame | None], bytes],
) -> str:
    """Writes the month's files beside their places in `folder`; RUN.publish puts them there.

    `worklist` makes worklist.xlsx of the changes and the findings before. Returns its SHA-256. Raises HenreiError if
    one of the files is open in another program.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = previous(folder)
    changes = found.changes(findings, before)
    book = worklist(changes, before)
    columns = io.BytesIO()
    findings.write_parquet(columns, compression="zstd")
    files: dict[str, Callable[[], bytes]] = {  # made one after the other: they may be large
        "findings.csv": lambda: csv_bytes(findings),
        "findings.parquet": columns.getvalue,
        "undetermined.csv": lambda: csv_bytes(found.undetermined_table(results)),
        "rejects.csv": lambda: csv_bytes(rejects),
        "changes.csv": lambda: csv_bytes(changes),
        "worklist.xlsx": lambda: book,
        "summary.json": lambda: (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode("utf-8"),
    }
    RUN.refuse_if_open(folder)
    RUN.stage(folder, ((name, make()) for name, make in files.items()))
    return hashlib.sha256(book).hexdigest()


def write_one(path: Path, table: pl.DataFrame) -> Path:
    """Writes one table as CSV, whole or not at all. Raises HenreiError if it is open in another program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_if_open([path])
    staged = path.with_name(f".{path.name}.new")
    staged.write_bytes(csv_bytes(table))
    staged.replace(path)
    return path


def _refuse_if_open(paths: list[Path]) -> None:
    """On Windows a file that Excel holds cannot be replaced: better to say so before the first one is."""
    for path in paths:
        if not path.exists():
            continue
        try:
            with path.open("ab"):
                pass
        except OSError:
            raise HenreiError(f"{path} に書けません。Excelなどで開いていれば閉じて、もう一度実行してください") from None
