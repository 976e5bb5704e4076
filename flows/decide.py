"""`henrei decide`: worklist.xlsx and decisions.csv of one or several clerks in, books/<month>/decisions.csv out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei import labels
from henrei.checks.findings import findings_of
from henrei.errors import HenreiError
from henrei.files import csv_bytes, sha256, sha256_of, write_atomic
from henrei.flows import commit
from henrei.flows.month_state import open_month, require_open
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import month_dates, month_text, month_texts
from henrei.reports.worklist import read_decisions
from henrei.reports.worklist.decision_rows import row_tokens
from henrei.schemas.ledgers import decisions as decisions_table
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger
from henrei.store import books, journal, pending
from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY


@dataclass(frozen=True)
class Decided:
    """How many decisions were read; `undecided`: rows of a worklist with 回答 or 備考 alone, which were left out."""

    count: int
    undecided: int


def decide(home: Home, month: date, files: list[Path], settings: Settings) -> Decided:
    """Reads the decisions of all files, or none: then everything that is wrong is listed, and HenreiError raised."""
    require_open(home, month)
    labelled = _labelled(files)
    with open_month(home, month, settings) as con:
        read = [_read(path, label, month, settings) for label, path in labelled.items()]
        given = pl.concat([one.rows for one in read])
        findings = findings_of(con, month)
        assert findings is not None
        listed = findings.select(SUBJECT_KEY).with_columns(month_dates(pl.col("service_month"), strict=False))
        of_subjects = fingerprints(con, pl.concat([given.select(SUBJECT_KEY), listed]))
        known = given.join(of_subjects, on=list(SUBJECT_KEY), how="left", maintain_order="left")
        faults = [fault for one in read for fault in one.faults]
        faults += _unknown_subjects(known.filter(pl.col("row_token").is_null()), month)
        faults += _of_another_run(known.filter(pl.col("row_token").is_not_null()), of_subjects, findings)
        _refuse(faults + _contradictions(given))
        merged = _one_a_subject(known)
        before = books.read_decisions(home, month)
        # A file without an answer (decisions.csv) leaves it as it was.
        new = merged.join(
            before.select(*SUBJECT_KEY, old="answer"), on=list(SUBJECT_KEY), how="left", maintain_order="left"
        )
        new = new.with_columns(answer=pl.coalesce("answer", "old", pl.lit("")))
        after = pl.concat(
            [before.join(new, on=list(SUBJECT_KEY), how="anti"), new.select(books.DECISION_COLUMNS)]
        ).sort(SUBJECT_KEY)
        data = csv_bytes(after)
        entry = journal.entry(
            "decide",
            month,
            inputs={label: sha256_of(path) for label, path in labelled.items()},
            unsaid=sum(one.undecided for one in read),
            outcome=dict(new.group_by("decision").len().sort("decision").iter_rows()),
        )
        pending.begin(home, entry, sha256(data))
        write_atomic(home.books(month) / "decisions.csv", data)
        commit.finish(con, home, entry)
    return Decided(new.height, sum(one.undecided for one in read))


def _labelled(files: list[Path]) -> dict[str, Path]:
    """What each file is called in messages: its name, or the whole path where two have one name."""
    names = [path.name for path in files]
    return {path.name if names.count(path.name) == 1 else str(path): path for path in files}


def _read(path: Path, label: str, month: date, settings: Settings) -> read_decisions.DecisionFile:
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return read_decisions.read(path, label, month, settings.municipality_no)
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise HenreiError(f"{path} を読めません({problem.strerror})。ファイル名を確かめてください") from None
    part = read_ledger(decisions_table(), data, Export(), settings.municipality_no)
    if part.missing:
        raise HenreiError(f"{label}:1 {part.missing}(何も取り込んでいません)")
    refused = part.rejected.sort("line").select("line", "reason").iter_rows()
    # The value may be a name: the message has the line, and not the value.
    faults = [f"{label}:{line} {reason.partition('(値: ')[0]}" for line, reason in refused]
    rows = part.rows.with_columns(
        place=pl.format("{}:{}", pl.lit(label), "line"), row_token=pl.lit(None, dtype=pl.String)
    )
    return read_decisions.DecisionFile(
        rows.select(pl.col(name).cast(kind) for name, kind in read_decisions.SCHEMA.items()), faults
    )


def _unknown_subjects(rows: pl.DataFrame, month: date) -> list[str]:
    return [
        f"{row['place']} の{labels.SHORT_SUBJECTS[row['subject']]}は {month_text(month)} の請求にありません。審査月と番号を確かめてください"
        for row in rows.filter(pl.col("fingerprint").is_null()).iter_rows(named=True)
    ]


def _of_another_run(rows: pl.DataFrame, fingerprints: pl.DataFrame, findings: pl.DataFrame) -> list[str]:
    """Rows of a worklist whose claim or findings are not those of this run: their reasons are not what was read."""
    if rows.is_empty():
        return []
    tokens = row_tokens(fingerprints.with_columns(month_texts(pl.col("service_month"))), findings)
    faults = []
    for row in rows.iter_rows(named=True):
        key = (row["subject"], row["facility_no"], row["recipient_no"], month_text(row["service_month"]))
        if tokens.get(key) == row["row_token"]:
            continue
        if key not in tokens:
            fault = "一覧にない行です。番号を書きかえず、新しい worklist.xlsx で決めてください"
        elif row["row_token"] in tokens.values():
            fault = "番号と隠れた列が食い違っています。並べ替えるときは表全体を並べ替えてください"
        else:
            fault = "別の回の一覧の行です(その後に請求か指摘が変わりました)。新しい worklist.xlsx で決めてください"
        faults.append(f"{row['place']} {fault}")
    return faults


def _contradictions(given: pl.DataFrame) -> list[str]:
    split = given.filter(pl.col("decision").n_unique().over(SUBJECT_KEY) > 1)
    rows = split.group_by(SUBJECT_KEY, maintain_order=True).agg("place").iter_rows(named=True)
    return [
        f"{' と '.join(row['place'])} で同じ{labels.SHORT_SUBJECTS[row['subject']]}の決定が食い違っています。どちらかに揃えてください"
        for row in rows
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
    """Several rows of one claim or sheet with one decision become one: their notes and answers are joined."""

    def together(name: str) -> pl.Expr:
        texts = pl.col(name).drop_nulls().filter(pl.col(name).drop_nulls() != "").unique(maintain_order=True)
        return texts.str.join(" / ").alias(name)

    silent = pl.col("answer").is_null().all().alias("silent")
    grouped = known.group_by(*SUBJECT_KEY, maintain_order=True).agg(
        pl.col("decision").last(), pl.col("fingerprint").last(), together("note"), together("answer"), silent
    )
    return grouped.with_columns(answer=pl.when("silent").then(None).otherwise("answer")).drop("silent")
