"""事業所への一言: from the list or decisions.csv to the notice, and the same bytes when the month is computed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs, letters_city, workbook
from lib.home_history import HEAD, ONE, TWO, henrei

pytestmark = pytest.mark.slow

SAYS = "9/3は保護者に確認したところ欠席でした。1日分を減らしてください"


def test_what_no_check_found_is_returned_with_its_reason(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = may_run / "out" / "2026-05"
    row = {"種類": "明細書", "事業所番号": inputs.A, "受給者証番号": 1, "サービス提供年月": "2026/4", "決定": "返戻"}
    filled = workbook.fill(out / "worklist.xlsx", may_run.parent / "佐藤.xlsx", {2: {**row, "事業所への一言": SAYS}})
    table = may_run.parent / "decisions.csv"
    table.write_text(f"{HEAD}claim,{inputs.A},2,2026-04,return,電話\r\n", encoding="utf-8", newline="")
    assert henrei(may_run, "decide", "2026-05", str(filled), str(table)) == 0
    listed = workbook.rows(out / "worklist.xlsx")
    assert [(r["受給者証番号"], r["重さ"], r["決定"], r["事業所への一言"]) for r in listed] == [
        (ONE, "指摘なし", "返戻", SAYS),
        (TWO, "指摘なし", "返戻", ""),
    ]
    assert [r["返戻事由"] for r in workbook.rows(out / "worklist.xlsx", "7 返戻の入力")] == [SAYS, "電話"]

    capsys.readouterr()
    assert henrei(may_run, "close", "2026-05") == 0
    assert "※ 理由の書かれていない返戻 1件 (1 決定の「事業所への一言」に書けます)" in capsys.readouterr().out
    text = letters_city.pdf_text(out / "notices" / f"{inputs.A}.pdf")
    assert f"市の審査により返戻としました。{SAYS}" in text
    asks = "直すところは、この通知の番号を添えて、お問い合わせ先へお電話ください。"
    assert text.count(asks) == 1 and "電話" not in text.partition("返戻した請求")[2].replace(asks, "")
    assert {r["返戻事由内容"] for r in inputs.read_table(out / "returns.csv")} == {"審査による返戻"}
    assert henrei(may_run, "verify", "2026-05") == 0
    assert "ファイルすべてが同じでした" in capsys.readouterr().out
