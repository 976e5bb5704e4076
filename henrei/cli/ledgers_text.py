"""What is known of a month's ledgers in, the lines that people read out: one page of counts, no number or name of a child. Called
by the command check-ledgers.
"""

from __future__ import annotations

from collections.abc import Iterator

from henrei.flows.check_ledgers import LedgersChecked
from henrei.months import month_text

_MOST = 12  # of causes, oddities and reasons each; the workbook has all of them
_MOST_FACILITIES = 3


def lines(checked: LedgersChecked) -> Iterator[str]:
    """Everything, on one page."""
    yield f"審査月 {month_text(checked.month)}(おもに {month_text(checked.service_month)} のサービス)の台帳"
    yield from _ledgers(checked)
    yield from _compared(checked)
    yield from _some([f"※ {cause.line}" for cause in checked.causes])
    yield from _odd(checked)
    yield from _some([f"※ {note}" for note in checked.notes])
    yield from _checks(checked)


def _some(shown: list[str]) -> list[str]:
    more = len(shown) - _MOST
    return [*shown[:_MOST], *([f"※ ほか{more}件は Excel にあります"] if more > 0 else [])]


def _ledgers(checked: LedgersChecked) -> Iterator[str]:
    """A line a ledger: where it is from, its rows, its periods, and the commonest reason of what was refused."""
    for one in checked.inputs.accounts:
        if one.file is None:
            yield f"  {one.shown}: ありません"
            continue
        if one.missing:
            yield f"  {one.shown}: {one.folder} 使えません"
            continue
        if not one.rows and not one.present:
            yield f"  {one.shown}: {one.folder} 見出しだけです(ないものとして扱います)"
            continue
        refused = f"(うち{one.refused:,}行は読めません)" if one.refused else ""
        holding = checked.holdings.get(one.name)
        period = f" {holding.text}" if holding and holding.text else ""
        if holding and holding.in_month is not None:
            period += f"({month_text(checked.service_month)}に有効 {holding.in_month:,}行)"
        yield f"  {one.shown}: {one.folder} {one.rows:,}行{refused}{period}"


def _compared(checked: LedgersChecked) -> Iterator[str]:
    """How many of the children, facilities and codes of an earlier month's claims the ledgers have."""
    if checked.compared_with is None:
        yield "前の請求との比較: まだ確認(run)した月がありません"
        return
    titles = {one.name: one.title for one in checked.inputs.accounts}
    counts = "、".join(
        f"{one.label} {one.count:,}のうち{titles[one.ledger]}に{one.count - len(one.lacking):,}"
        for one in checked.compared
    )
    yield f"{month_text(checked.compared_with)} に確認した請求との比較: {counts or '比べられる台帳がありません'}"


def _odd(checked: LedgersChecked) -> Iterator[str]:
    titles = {one.name: one.title for one in checked.inputs.accounts}
    month = month_text(checked.service_month)
    shown = []
    for one in checked.odd:
        in_month = "" if one.rows["in_month"].is_null().all() else f"(うち{month}に有効 {one.in_month:,}行)"
        shown.append(
            f"※ {titles[one.oddity.ledger]}: {one.oddity.title} {one.rows.height:,}行{in_month}"
            f"{_facilities(one.rows['facility_no'].drop_nulls().unique(maintain_order=True).to_list())}。{one.oddity.remedy}"
        )
    yield from _some(shown)
    if not shown:
        yield "台帳に気になる行はありません"


def _facilities(numbers: list[str]) -> str:
    if not numbers:
        return ""
    more = f" ほか{len(numbers) - _MOST_FACILITIES:,}" if len(numbers) > _MOST_FACILITIES else ""
    return f" 事業所 {'・'.join(numbers[:_MOST_FACILITIES])}{more}"


def _checks(checked: LedgersChecked) -> Iterator[str]:
    """Which checks can be judged: a line a reason why not."""
    inputs = checked.inputs
    yield f"判定できる確認: {inputs.enabled - len(inputs.unjudged)}/{inputs.enabled}"
    yield from _some([f"  {reason}: {'・'.join(codes)}" for reason, codes in inputs.by_reason.items()])
