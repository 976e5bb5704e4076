"""summary.json and its overview: what a run read and found in, numbers and codes out, never a name. Called by the monthly
run, and by verify, which compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

import henrei
from henrei import labels
from henrei.checks.catalogue import catalogue
from henrei.flows.ruleset import ruleset
from henrei.flows.run.judged import Judged
from henrei.flows.run.validate import COUNTS, ExchangeFiles
from henrei.flows.settings import Settings, say_variants
from henrei.months import month_text

_LINKED = {
    "worklist.xlsx": "決めるもの",
    "casebook.html": "事例ごとの根拠",
    "findings.csv": "指摘",
    "undetermined.csv": "判定できなかったもの",
    "rejects.csv": "取り込めなかった行",
    "remarks.csv": "取り込んだ行で気づいたこと",
    "approval.pdf": "決裁の一枚",
    "outcomes.csv": "締めた結果",
    "returns.csv": "返戻等一覧",
    "payments.csv": "事業所ごとの支払",
    "notices": "事業所へのお知らせ",
    "../dashboard.html": "返戻率の推移",
}


def summary(
    month: date, settings: Settings, files: ExchangeFiles, judged: Judged, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """The content of summary.json (contract section 4). `seconds`: stage → seconds."""
    to_return = judged.findings.filter((pl.col("subject") == "claim") & (pl.col("severity") == "return"))
    to_return = to_return.unique(["facility_no", "recipient_no", "service_month"])
    return {
        "review_month": month_text(month),
        "version": henrei.__version__,
        "ruleset": ruleset(),
        "variants": settings.variants,
        "city": settings.municipality_no,
        "files": [
            {
                "file": file.name,
                "sha256": file.sha256,
                "kind": files.kind_of(file),
                **{name: files.counts[file.number][name] for name in COUNTS},
            }
            for file in files.files
        ],
        "checks": [
            {
                "code": result.check.code,
                "findings": result.findings.height,
                "undetermined": result.undetermined.height if result.not_judged is None else None,
                "reason": result.not_judged,
                "braked": result.braked,
            }
            for result in judged.results
        ],
        "claims": {
            **judged.claims,
            "with_return_finding": to_return.height,
            "with_return_finding_yen": int(to_return["amount_yen"].sum()),
        },
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }


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
        undetermined = "全体" if check["undetermined"] is None else f"{check['undetermined']:,}"
        lines.append(f"| {check['code']} | {title} | {check['findings']:,} | {undetermined} |")
    return "\n".join([*lines, "", *links(folder)])


def closing_overview(month: str, outcomes: pl.DataFrame, folder: Path) -> str:
    """What close decided as markdown, numbers only, with the files it made."""
    lines = [f"# {month} を締めた結果", "", "| 種別 | 結果 | 件数 | 給付費 |", "|---|---|---:|---:|"]
    for (kind, outcome), part in sorted(outcomes.partition_by("kind", "outcome", as_dict=True).items()):
        label = labels.SHORT_SUBJECTS[labels.SUBJECT_OF_KIND[str(kind)]]
        money = f"{part['benefit_yen'].sum():,}円" if kind == labels.CLAIM_KIND else ""
        lines.append(f"| {label} | {outcome} | {part.height:,} | {money} |")
    return "\n".join([*lines, "", *links(folder)])


def links(folder: Path) -> list[str]:
    """The month's files that are there, as a list in markdown."""
    there = {name: (folder / name).resolve() for name in _LINKED}
    return [f"- [{_LINKED[name]}]({path.as_uri()})" for name, path in there.items() if path.exists()]
