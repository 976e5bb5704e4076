"""The last sheet: what the signs mean, which checks were braked, by which rules the month was reviewed."""

from __future__ import annotations

from henrei.months import month_text
from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow
from henrei.reports.worklist.sheets import (
    children,
    decisions,
    return_entry,
    talks,
    totals,
    undetermined,
    undetermined_rows,
)

TITLE = "説明"
_HOW = (
    (
        decisions.TITLE,
        "1行が明細書か結果票1件です。「決定」で返戻・支払・保留を選び、henrei decide で取り込みます。取り込むと、この一覧は新しく書き直されます。"
        "何人かで分けたときは、それぞれのファイルを渡せます。先にほかの人が決めた行は取り込まず、食い違いとして知らせます",
    ),
    ("要否", "「必要」は決めないと月を締められません。「任意」は空欄なら支払です"),
    (
        labels.CASE,
        "一緒に見て一緒に決めるもの(一人の児童の一か月か、一つの事業所の一つの原因)の番号です。重さ、争点額の順に並び、同じ事業所のものはまとめます。"
        "決定しても変わりません。押すと casebook.html が開くので、その検索に番号を入れます",
    ),
    (
        labels.AT_ISSUE,
        "その誤りがかかわる金額です。日の誤りなら、総費用額÷請求日数×誤りの日数。給付費を超えません。空は、金額で言えないもので、0円ではありません",
    ),
    (labels.WEIGHT, "返戻相当は決めないと締められません。要確認は任意です。参考は知らせるだけです"),
    ("回答・備考", "決定がなくても取り込みます。事業所には出ません。ほかの人の書いたものとは「 / 」でつなぎます"),
    (labels.MESSAGE, "返戻のお知らせに、事由と並べてそのまま載せます。指摘のない返戻では、これが事由になります"),
    (
        labels.OTHER,
        "確認が見つけなかったものを返すときは、一番下の空いた行に、種類・番号・月・決定と、事業所への一言を書きます",
    ),
    (
        labels.STATE,
        "「未取込」は、書いたまま取り込んでいない行です。「食い違い」は、先にほかの人が別に決めた行です。決め直すか、そのままでよければ備考を書いて取り込むと消えます",
    ),
    (
        undetermined.TITLE,
        f"わけごとに1行です。ひとつずつは「{undetermined_rows.TITLE}」に、同じ番号で並びます。どちらも、それだけでは事業所の誤りではありません",
    ),
    (totals.TITLE, "1 決定の各行を、最も確かな理由の確認で1回ずつ数えます。合計は 1 決定と一致します"),
    (
        return_entry.TITLE,
        "「決定」は、取り込み済みの決定です。henrei decide のたびに新しくなります",
    ),
    (talks.TITLE, talks.NOTE),
)


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    stale = [f"{code} {check.title}" for code, check in data.checks.items() if check.braked]
    lines = [
        ("審査月", month_text(data.review_month)),
        ("市町村", f"{data.municipality_no} {data.city_name}".strip()),
        *(
            (labels.STALE, f"{one}: 多くの請求に当たったため要確認に下げました。台帳が新しいか確かめてください")
            for one in stale
        ),
        *_HOW,
        *((f"{children.TITLE}の{sign}", meaning) for sign, meaning in children.LEGEND),
        *data.about,
    ]
    book.table(
        TITLE, (Column("項目", 26, wrap=True), Column("内容", 100, wrap=True)), lines, TableOptions(filters=False)
    )
