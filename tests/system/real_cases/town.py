"""A town of children and facilities that situations are put into: each makes its own, and all are run as one home."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from henrei.data.fictional.codes import FORMS
from lib import inputs

from .billing import REGION, Child, Claim, House, Items, Part, Subject, attendance, invoice
from .codes import BASE, CODES
from .sheets import Sheet, managed

# Code, severity (or "undetermined"), about whom, and for some the days of use_dates.
Expected = list[tuple[str, str, Claim | Sheet | House | Subject] | tuple[str, str, Claim, tuple[int, ...]]]
MONTH, REVIEW = "2025-10", "2025-11"
CAME = {
    "61": {14: "1000", 15: "1300", 16: "0300"},
    "63": {14: "1430", 15: "1730", 16: "0300", 34: 1},
    "64": {45: 1},
    "65": {45: 1},
}  # fmt: skip
LEDGERS = {
    "recipients": "受給者証番号,市町村番号,生年月日,世帯番号,児童コード,利用者負担上限月額,無償化対象,多子軽減区分,独自負担割合,適用開始日,適用終了日",
    "grants": "受給者証番号,決定サービスコード,支給量,支給量算定,支給決定開始日,支給決定終了日",
    "cap_managers": "受給者証番号,上限額管理事業所番号,有効開始日,有効終了日",
    "plans": "受給者証番号,計画区分,コア連携事業所番号,保護者同意日,記録受領日,未算定理由,適用開始日,適用終了日",
    "facilities": "事業所番号,事業所名,法人番号,サービス種類コード,定員,算定定員,重心区分,センター区分,地域区分コード,指定開始日,指定終了日,休止開始日,休止終了日",
    "facility_addons": "事業所番号,サービス種類コード,区分,加算キー,受給者証番号,届出日,有効開始日,有効終了日",
    "petitions": "申立年月,事業所番号,受給者証番号,サービス提供年月,申立事由コード,処理年月,再請求予定",
    "history": "種別,審査月,事業所番号,受給者証番号,サービス提供年月,結果,給付費",
    "service_codes": "サービスコード,名称,単位数,種別,加算キー,定員下限,定員上限,重心区分,時間区分,提供区分,医ケア区分,届出要,月上限,有効開始日,有効終了日",
}


class Town:
    """What the city and its facilities know and send; `situation` names whose children and facilities are made now."""

    def __init__(self) -> None:
        self.situation = ""
        self.owners: dict[str, str] = {}  # number of a child or a facility: its situation
        self.ledgers: dict[str, list[Mapping[str, object]]] = {name: [] for name in LEDGERS}
        self.ledgers["service_codes"] = [code.row() for code in CODES.values()]
        self.claims: list[Claim] = []
        self.sheets: list[Sheet] = []
        self.attendance: list[str] = []
        self.invoices_off: dict[tuple[str, str], Items] = {}
        self.files: dict[str, bytes] = {}
        self.settings = ""
        self.export: dict[str, Callable[[str], str | bytes]] = {}  # how another program writes a ledger
        # Someone whose history and record let every ledger be judged.
        self.history("明", "2025-08", "1350999999", "0000999999", "2025-07", "決定", 41000)
        self.row("plans", 受給者証番号="0000999999", 計画区分="2", 記録受領日="2025-07-10", 適用開始日="2025-04-01")
        self.row("cap_managers", 受給者証番号="0000999999", 上限額管理事業所番号="1350999999", 有効開始日="2025-04-01")
        self.row("facility_addons", 事業所番号="1350999999", サービス種類コード="63", 区分="加算", 加算キー="extension", 有効開始日="2025-04-01")  # fmt: skip

    def row(self, ledger: str, **values: object) -> None:
        """A row of a ledger."""
        self.ledgers[ledger].append(values)

    def child(
        self,
        cap: int = 9300,
        grants: Mapping[str, object] | None = None,
        *,
        number: str = "",
        known: bool = True,
        **row: str,
    ) -> Child:
        """A child with a certificate: the granted codes with their days a month (631000: 23), and columns of recipients.csv."""
        number = number or f"{610000 + len(self.owners):010}"
        self.owners[number] = self.situation
        for code, days in ({"631000": 23} if grants is None else grants).items():
            self.grant(number, code, days)
        if known:
            usual = {
                "受給者証番号": number,
                "市町村番号": inputs.CITY,
                "世帯番号": f"S{number}",
                "適用開始日": "2025-04-01",
                "利用者負担上限月額": cap,
            }
            self.row("recipients", **{**usual, **row})
        share = 0 if row.get("無償化対象") == "2" or row.get("多子軽減区分") == "2" else 10
        return Child(number, cap, 5 if row.get("多子軽減区分") == "1" else share)

    def grant(self, number: str, code: str, days: object, until: str = "2026-03-31", since: str = "2025-04-01") -> None:
        """A row of grants.csv."""
        self.row("grants", 受給者証番号=number, 決定サービスコード=code, 支給量=days, 支給決定開始日=since, 支給決定終了日=until)  # fmt: skip

    def house(self, kind: str = "63", *, number: str = "", **row: str) -> House:
        """A facility with a service, and columns of facilities.csv; with a number the service of one that is there."""
        number = number or f"{1350010000 + len(self.owners)}"
        self.owners[number] = self.situation
        heavy, center = row.setdefault("重心区分", "1"), row.setdefault("センター区分", "2" if kind == "61" else "")
        usual = {"事業所番号": number, "事業所名": "架空の家", "法人番号": f"9{number}00", "サービス種類コード": kind}
        usual |= {"定員": "10" if kind in ("61", "63") else "", "地域区分コード": REGION, "指定開始日": "2019-04-01"}
        self.row("facilities", **{**usual, **row})
        return House(number, kind, heavy, center)

    def use(
        self, child: Child, house: House, came: Iterable[int], *, month: str = MONTH, rows: Mapping[int, Items] | None = None,
        absent: Iterable[int] = (), lines: Mapping[str, int] | None = None, base: int | Mapping[str, int] | None = None,
        days: int | None = None, record: bool = True, totals: Items | None = None, twice: Iterable[int] = (), apart: bool = False, **part: object,
    ) -> Claim:  # fmt: skip
        """The child comes on these days and the facility bills them; a second service of the two goes into the same claim.

        `rows` sets items of the record's days (a day without use is an add-on row), `lines` bills add-ons, `base` the base fee
        (a number, or by code), `days` is item 10 of K122-02, `totals` items of K611-01, `twice` days that it has twice;
        `part`: contract, started, price, items.
        """
        came, rows, kind = list(came), dict(rows or {}), house.kind
        key = {3: month.replace("-", ""), 4: inputs.CITY, 5: house.number, 6: child.number}
        if record:
            days_of_record = {day: dict(CAME[kind]) for day in came} | {day: {36: 8} for day in absent}
            marked = {day: {**days_of_record.get(day, {}), **rows.get(day, {})} for day in {*days_of_record, *rows}}
            listed = [{**key, 7: FORMS[kind], 9: f"{day:02}", **marked[day]} for day in sorted([*marked, *twice])]
            self.attendance += attendance(key, kind, listed, totals or {})
        fees = dict(base) if isinstance(base, Mapping) else {BASE[kind]: len(came) if base is None else base}
        billed = {code: count for code, count in {**fees, **(lines or {})}.items() if count}
        priced = {code: (int(CODES[code].units or 0), count) for code, count in billed.items()}
        part = {"contract": max(len(came), 1), **part}
        new = Part(house, priced, len(came) if days is None else days, **part)
        for claim in self.claims:
            if (claim.child, claim.facility, claim.month) == (child, house.number, month) and not apart:
                claim.parts.append(new)
                return claim
        self.claims.append(Claim(child, month, [new], child.cap))
        return self.claims[-1]

    def manage(self, manager: House, *claims: Claim, filed: bool = True, cap: int | None = None) -> Sheet:
        """The manager's right sheet over the claims, which say what it says; the filing is in the ledger."""
        sheet = managed(manager, list(claims), claims[0].child.cap if cap is None else cap)
        self.sheets.append(sheet)
        if filed:
            self.filed(claims[0].child, manager)
        return sheet

    def filed(self, child: Child, manager: House) -> None:
        """A row of cap_managers.csv."""
        self.row(
            "cap_managers", 受給者証番号=child.number, 上限額管理事業所番号=manager.number, 有効開始日="2025-04-01"
        )

    def history(
        self, sort: str, review: str, facility: str, number: str, month: str, outcome: str, yen: object = ""
    ) -> None:
        """A row of history.csv."""
        self.row("history", 種別=sort, 審査月=review, 事業所番号=facility, 受給者証番号=number, サービス提供年月=month, 結果=outcome, 給付費=yen)  # fmt: skip

    def send(self, name: str, *claims: Claim, change: Callable[[bytes], bytes] = bytes, month: str = REVIEW) -> None:
        """Takes the claims into a file of their own; `change` makes of its bytes what a program sends."""
        self.claims = [claim for claim in self.claims if claim not in claims]
        data = inputs.exchange("K11", self._bills(claims), month=month.replace("-", ""), facility=claims[0].facility)
        self.files[name] = change(data)

    def _bills(self, claims: Iterable[Claim]) -> list[str]:
        """The invoices of the claims, and then the claims."""
        groups: dict[tuple[str, str, str], list[Claim]] = {}
        for claim in claims:
            groups.setdefault((claim.facility, claim.month, claim.city), []).append(claim)
        invoices = (invoice(group, self.invoices_off.get(key[:2], {})) for key, group in groups.items())
        return [line for lines in (*invoices, *(claim.records() for claim in claims)) for line in lines]

    def write(self, home: Path) -> None:
        """The home with its month, ready to be run."""
        sheets = [record for sheet in self.sheets for record in sheet.records()]
        records = {"K11": self._bills(self.claims), "K61": self.attendance, "K41": sheets}
        month = REVIEW.replace("-", "")
        files = {f"{kind}.CSV": inputs.exchange(kind, lines, month=month) for kind, lines in records.items() if lines}
        inbox = home / "inbox" / REVIEW
        inbox.mkdir(parents=True)
        (home / "henrei.toml").write_text(
            f'[city]\nname = "架空市"\nmunicipality_no = "{inputs.CITY}"\n{self.settings}', encoding="utf-8"
        )
        for name in LEDGERS:
            text = self.text(name)
            data = self.export.get(name, str)(text)
            files[f"{name}.csv"] = data if isinstance(data, bytes) else data.encode("utf-8-sig")
        for name, data in {**files, **self.files}.items():
            (inbox / name).write_bytes(data)

    def text(self, ledger: str) -> str:
        """A ledger as the city exports it."""
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, LEDGERS[ledger].split(","), restval="")
        writer.writeheader()
        writer.writerows(self.ledgers[ledger])
        return stream.getvalue()
