"""A column of a table of evidence in, its label, unit and the meaning of its codes out: those of the national layouts and of
the ledgers, and those of what the casebook works out itself. Called by data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from henrei.labels import DECISIONS, SEVERITIES, SHORT_SUBJECTS
from henrei.schemas.layouts import layouts
from henrei.schemas.ledgers import ledgers
from henrei.store import tables


@dataclass(frozen=True)
class Label:
    """What people read above a column. `kind`: how the page writes its values (page/values.js); `meanings`: code → what it
    means."""

    text: str
    kind: str = ""
    meanings: tuple[tuple[str, str], ...] = ()


_FACILITY, _CHILD, _SERVICE = ("事業所", "facility"), ("児童", "child"), ("サービス", "service")
_KINDS = {
    "facility_no": "facility", "row_facility_no": "facility", "cap_manager_no": "facility", "core_facility_no": "facility",
    "recipient_no": "child", "child_recipient_no": "child", "service_type": "service", "check_code": "check",
    "unit_price": "price", "contracted_days": "hundredths", "hours": "hours", "total_hours": "hours",
    "start_time": "time", "end_time": "time", "allowance_days": "days", "billed_days": "days", "own_percent": "percent",
    "row_cost": "yen", "row_burden": "yen", "row_managed": "yen", "burden_cap": "yen", "cap_result_yen": "yen",
    "total_cost": "yen", "capped_burden": "yen", "adjusted_burden": "yen", "managed_burden": "yen",
    "decided_burden": "yen", "benefit_yen": "yen", "subsidy_yen": "yen", "tenth": "yen", "burden": "yen",
    "total_burden": "yen", "total_managed": "yen", "billed_yen": "yen", "total_benefit": "yen", "total_special": "yen",
    "total_subsidy": "yen", "units": "units", "line_units": "units", "total_units": "units", "line_count": "times",
    "total_count": "count", "capacity": "people", "fee_capacity": "people", "capacity_from": "people",
    "capacity_to": "people", "month_limit": "times",
}  # fmt: skip
_YES = (("true", "はい"), ("false", ""))
_MEANINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "state": (("now", "今回の請求"), ("decided", "決定済み"), ("before", "前の請求")),
    "own": (("true", "本人"), ("false", "世帯の他の児童")),
    "submission_kind": (("1", "新規"), ("2", "修正"), ("3", "取消")),
    "cap_result": (("1", "管理事業所で充当"), ("2", "調整なし"), ("3", "調整あり")),
    "record": (("K411-01", "児童ごと"), ("K421-01", "世帯")),
    "plan_kind": (("1", "障害児相談支援"), ("2", "セルフプラン")),
    "unbilled_reason": (("1", "保護者が希望しない"), ("2", "コアを担う事業所がない"), ("9", "その他")),
    "free_of_charge": (("2", "無償化対象"),),
    "sibling_class": (("1", "第2子"), ("2", "第3子以降")),
    "center_class": (("1", "児童発達支援センター"), ("2", "センター以外")),
    "provision": (("1", "授業終了後"), ("2", "休業日")),
    "status": (("8", "欠席"),),
    "day_kind": (("use", "利用"), ("absence", "欠席"), ("addon", "加算だけ"), ("other", "記載なし")),
    "decided_before": _YES,
    "downgraded": (("true", "台帳が古い可能性"), ("false", "")),
    "severity": tuple(SEVERITIES.items()),
    "subject": tuple(SHORT_SUBJECTS.items()),
    "decision": tuple(DECISIONS.items()),
    "kind": (("明", "明細書"), ("利", "結果票"), ("実", "実績記録票")),
    "unit": (("claim", "明細書"), ("sheet", "結果票"), ("attendance", "実績記録票"), ("notice", "返戻等一覧")),
    "ledger": tuple((name, ledger.title) for name, ledger in ledgers().items()),
}
# What the casebook names itself, or more shortly than the layouts: column → label and kind.
_OWN: dict[str, tuple[str, str]] = {
    "state": ("どの請求か", ""), "own": ("続柄", ""), "review_month": ("審査月", "month"),
    "service_month": ("サービス提供年月", "month"), "facility_no": _FACILITY, "recipient_no": _CHILD,
    "service_type": _SERVICE, "code_name": ("名称", ""), "record": ("様式", ""), "child_recipient_no": _CHILD,
    "row_facility_no": _FACILITY, "sheet": ("結果票の行", "key"), "day_kind": ("区分", ""), "use_date": ("日付", "day"),
    "decided_before": ("決定済みの請求の記録", ""), "used": ("利用日数", "days"), "used_rows": ("利用の記録の行", "count"),
    "absent": ("欠席", "days"), "billed": ("請求日数", "days"), "contracted": ("契約支給量", "hundredths"),
    "used_all": ("全事業所の利用日数", "days"), "contracted_all": ("全事業所の契約支給量", "hundredths"),
    "allowance": ("支給量", "days"), "contract_allowance": ("契約の上限になる支給量", "days"),
    "children": ("利用児童", "people"), "capacity": ("定員", "people"), "use_count": ("延べ利用児童", "people"),
    "open_days": ("利用のあった日", "days"), "claimed": ("今回の請求の給付費", "yen"),
    "withdrawn": ("過誤で取り下げる給付費", "yen"), "net": ("差引", "yen"), "subject": ("対象", ""),
    "severity": ("重さ", ""), "message": ("指摘", ""), "check_code": ("確認", "check"), "unit": ("種類", ""),
    "ledger": ("台帳", ""), "finding_id": ("番号", "key"), "use_dates": ("日付", "dates"), "observed": ("請求や記録の値", ""),
    "expected": ("正しいと見る値", ""), "other_facilities": ("関係する事業所", "facilities"), "amount_yen": ("給付費", "yen"), "at_issue_yen": ("誤りが関わる額", "yen"),
    "action": ("事業所がすること", ""), "source_file": ("ファイル", ""), "source_lines": ("行", ""), "downgraded": ("注意", ""),
    "reason": ("理由", ""), "claims": ("この事業所の請求", "count"), "decision": ("決定", ""), "outcome": ("結果", ""), "note": ("備考", ""),
    "answer": ("回答", ""), "at": ("日時", "moment"), "who": ("担当", ""), "choice": ("回答", ""), "text": ("内容", ""),
    "answered_by": ("答えた人", ""), "number": ("問", "count"), "days": ("日", ""), "found": ("指摘した請求", "count"),
    "returned": ("うち返戻", "count"), "paid": ("うち支払", "count"), "months": ("締めた月", "count"),
    "received": ("受け付けた請求", "count"), "scope": ("範囲", "facility"), "message_to": ("事業所への一言", ""),
}  # fmt: skip


@cache
def label_of(source: str, column: str) -> Label:
    """`source`: a table of records or a ledger whose names are asked first, or empty."""
    own, kind = _OWN.get(column, ("", ""))
    text = own
    if source in ledgers():
        item = next((item for item in ledgers()[source].layout.items if item.column == column), None)
        if item is not None:
            text = item.label
            kind = kind or {"ledger-date": "day", "ledger-month": "month"}.get(item.format, "")
    elif source in tables.RECORDS and not own:
        for record in tables.RECORDS[source]:
            if item := layouts(record)[-1].kept.get(column):
                # The part before the stroke is the heading of a block on paper; what follows is the item's own name.
                text = f"{item.no} {item.label.rpartition('／')[2].partition('（サービス')[0]}"
                kind = kind or {"date": "day", "month": "month"}.get(item.format, "")
                break
    text = text or ("給付費" if column == "benefit_yen" else "")
    if not text:
        raise KeyError(f"no label for {column} of {source or 'the casebook'}")
    meanings = () if source == "facility_addons" and column == "class" else _MEANINGS.get(column, ())
    return Label(text, kind or _KINDS.get(column, ""), meanings)
