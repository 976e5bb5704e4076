"""decide: the team's word, from worklist.xlsx and decisions.csv, of one clerk or several; all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import HenreiError
from henrei.flows import close, recovery
from henrei.flows.run import outputs
from henrei.flows.settings import Settings
from henrei.reports.worklist import labels, read_decisions
from henrei.reports.worklist.decision_rows import tie
from henrei.schemas.ledgers import decisions as decisions_table
from henrei.schemas.ledgers.read import read_ledger
from henrei.store import books, journal, pending
from henrei.store import fingerprints as content
from henrei.store.fingerprints import KEY


@dataclass(frozen=True)
class Decided:
    """How many decisions were taken; `unsaid`: rows of a worklist with 回答 or 備考 alone, which were not."""

    count: int
    unsaid: int


def decide(home: Path, month: date, files: list[Path], settings: Settings) -> Decided:
    """Takes the decisions of all files, or none: then everything that is wrong is listed, and HenreiError raised."""
    close.require_open(home, month)
    labelled = _labelled(files)
    with close.opened(home, month, settings) as con:
        taken = [_read(path, label, month, settings) for label, path in labelled.items()]
        given = pl.concat([one.rows for one in taken])
        prints = content.prints(con, pl.concat([given.select(KEY), _listed(home, month)]))
        known = given.join(prints, on=list(KEY), how="left", maintain_order="left")
        faults = [fault for one in taken for fault in one.faults]
        faults += _strange(known.filter(pl.col("tie").is_null()), month)
        faults += _of_another_run(known.filter(pl.col("tie").is_not_null()), prints, home, month)
        _refuse(faults + _contradictions(given))
        words_given = _one_a_subject(known)
        before = books.read_decisions(home, month)
        # Who says nothing of the answer (decisions.csv) leaves it as it was.
        new = words_given.join(before.select(*KEY, old="answer"), on=list(KEY), how="left", maintain_order="left")
        new = new.with_columns(answer=pl.coalesce("answer", "old", pl.lit("")))
        after = pl.concat([before.join(new, on=list(KEY), how="anti"), new.select(books.DECISION_COLUMNS)]).sort(KEY)
        data = books.csv_bytes(after)
        entry = journal.entry(
            "decide",
            month,
            inputs={label: hashlib.sha256(path.read_bytes()).hexdigest() for label, path in labelled.items()},
            unsaid=sum(one.unsaid for one in taken),
            outcome=dict(new.group_by("decision").len().sort("decision").iter_rows()),
        )
        pending.begin(home, entry, hashlib.sha256(data).hexdigest())
        books.write_whole(books.folder(home, month) / "decisions.csv", data)
        recovery.finish(con, home, entry)
    return Decided(new.height, sum(one.unsaid for one in taken))


def _listed(home: Path, month: date) -> pl.DataFrame:
    """KEY of the subjects of the last run's findings: what its worklist speaks of."""
    findings = outputs.previous(home / "out" / f"{month:%Y-%m}")
    if findings is None:
        return pl.DataFrame(schema={name: pl.Date if name == "service_month" else pl.String for name in KEY})
    return findings.select(KEY).with_columns((pl.col("service_month") + "-01").str.to_date("%Y-%m-%d", strict=False))


def _labelled(files: list[Path]) -> dict[str, Path]:
    """What each file is called in messages: its name, or the whole path where two have one name."""
    names = [path.name for path in files]
    return {path.name if names.count(path.name) == 1 else str(path): path for path in files}


def _read(path: Path, label: str, month: date, settings: Settings) -> read_decisions.Taken:
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return read_decisions.read(path, label, month, settings.municipality_no)
    try:
        data = path.read_bytes()
    except OSError as found:
        raise HenreiError(f"{path} を読めません({found.strerror})。ファイル名を確かめてください") from None
    part = read_ledger(decisions_table(), data, {}, settings.municipality_no)
    if part.missing:
        raise HenreiError(f"{label}:1 {part.missing}(何も取り込んでいません)")
    refused = part.refused.sort("line").select("line", "reason").iter_rows()
    # What stands there may be a name: the line is said, and not the value.
    faults = [f"{label}:{line} {reason.partition('(値: ')[0]}" for line, reason in refused]
    rows = part.rows.with_columns(place=pl.format("{}:{}", pl.lit(label), "line"), tie=pl.lit(None, dtype=pl.String))
    return read_decisions.Taken(
        rows.select(pl.col(name).cast(kind) for name, kind in read_decisions.SCHEMA.items()), faults
    )


def _strange(rows: pl.DataFrame, month: date) -> list[str]:
    return [
        f"{row['place']} の{labels.SUBJECTS[row['subject']]}は {month:%Y-%m} の請求にありません。審査月と番号を確かめてください"
        for row in rows.filter(pl.col("fingerprint").is_null()).iter_rows(named=True)
    ]


def _of_another_run(rows: pl.DataFrame, prints: pl.DataFrame, home: Path, month: date) -> list[str]:
    """Rows of a worklist whose claim or findings are not those of this run: their reasons are not what was read."""
    if rows.is_empty():
        return []
    findings = outputs.previous(home / "out" / f"{month:%Y-%m}")
    if findings is None:
        raise HenreiError(f"out/{month:%Y-%m} がありません。henrei run {month:%Y-%m} をやり直してください")
    ties = tie(prints.with_columns(pl.col("service_month").dt.strftime("%Y-%m")), findings)
    faults = []
    for row in rows.iter_rows(named=True):
        key = (row["subject"], row["facility_no"], row["recipient_no"], f"{row['service_month']:%Y-%m}")
        if ties.get(key) == row["tie"]:
            continue
        if key not in ties:
            said = "一覧にない行です。番号を書きかえず、新しい worklist.xlsx で決めてください"
        elif row["tie"] in ties.values():
            said = "番号と隠れた列が食い違っています。並べ替えるときは表全体を並べ替えてください"
        else:
            said = "別の回の一覧の行です(その後に請求か指摘が変わりました)。新しい worklist.xlsx で決めてください"
        faults.append(f"{row['place']} {said}")
    return faults


def _contradictions(given: pl.DataFrame) -> list[str]:
    split = given.filter(pl.col("decision").n_unique().over(KEY) > 1)
    found = split.group_by(KEY, maintain_order=True).agg("place").iter_rows(named=True)
    return [
        f"{' と '.join(row['place'])} で同じ{labels.SUBJECTS[row['subject']]}の決定が食い違っています。どちらかに揃えてください"
        for row in found
    ]


def _refuse(faults: list[str]) -> None:
    """Names everything that is wrong, so that one round is enough."""
    if not faults:
        return
    if len(faults) > 1:
        print("\n".join(faults))
    more = f"(ほか{len(faults) - 1}件)" if len(faults) > 1 else ""
    raise HenreiError(f"{faults[0]}{more}(何も取り込んでいません)")


def _one_a_subject(known: pl.DataFrame) -> pl.DataFrame:
    """Several rows of one claim or sheet, of one mind: their notes and answers stand together."""

    def together(name: str) -> pl.Expr:
        said = pl.col(name).drop_nulls().filter(pl.col(name).drop_nulls() != "").unique(maintain_order=True)
        return said.str.join(" / ").alias(name)

    silent = pl.col("answer").is_null().all().alias("silent")
    grouped = known.group_by(*KEY, maintain_order=True).agg(
        pl.col("decision").last(), pl.col("fingerprint").last(), together("note"), together("answer"), silent
    )
    return grouped.with_columns(answer=pl.when("silent").then(None).otherwise("answer")).drop("silent")
