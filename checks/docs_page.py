"""The checks' own files in, docs/checks.md out: every check on one page. Called by `make docs`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from henrei.checks.catalogue import catalogue
from henrei.checks.explain import need, page, reminder_lines
from henrei.checks.reminders import reminders
from henrei.labels import SEVERITIES

_HEAD = """# 確認の一覧

henrei の確認ごとに、決まり、出典、必要な資料、判定のしかた、事業所への説明、例を並べたものです。各確認のファイル
(`checks/`)から `make docs` で作ります。手で直さず、確認のファイルを直してください。`henrei explain コード` は同じものを SQL とともに表示します。
"""


def text() -> str:
    """The whole page."""
    lines = [_HEAD, "| コード | 内容 | 重さ |", "|---|---|---|"]
    for check in catalogue().values():
        lines.append(f"| [{check.code}](#{check.code.lower()}) | {check.title} | {SEVERITIES[check.severity]} |")
    lines += [
        "",
        "## 台帳と確認",
        "",
        "その台帳(履歴)がないと、全体として判定しない確認です。",
        "",
        "| 台帳 | 確認 |",
        "|---|---|",
    ]
    for name in sorted({name for check in catalogue().values() for name in check.needs}):
        codes = [check.code for check in catalogue().values() if name in check.needs]
        lines.append(f"| {need(name)} | {'・'.join(codes)} |")
    for check in catalogue().values():
        # The examples' own headings stand below the check's.
        body = [re.sub(r"^## ", "#### ", line) for line in page(check)]
        lines += ["", f'<a id="{check.code.lower()}"></a>', "", f"## {check.code} {check.title}", ""]
        lines += [f"`{check.name}` [SQL](../checks/{check.group}/{check.file})", "", *body]
    lines += ["", "## 確認のない、請求の前の案内", ""]
    for reminder in reminders():
        if not reminder.check:
            lines += [*reminder_lines(reminder), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8", newline="\n")
