"""The bytes of WAM NET's open data of facilities (障害福祉サービス等情報公表システム) in, its facilities out. Called by
`henrei facilities`.

UTF-8 with BOM, a header line, a row a facility and service. The same 29 columns for every service; their headers differ in
what follows their beginning, so they are found by that.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

# Our column → how the header of theirs begins. Beside a name is the same column in kana, with the same beginning.
_HEADERS = {
    "facility_no": "事業所番号",
    "service": "サービス種別",
    "facility_name": "事業所の名称",
    "corporation_no": "法人番号",
    "capacity": "定員",
}
_NEEDED = ("facility_no", "service", "facility_name")
_KANA = ("かな", "カナ")
_HEADER_LINES = 10
_CAPACITY = re.compile(r"(\d{1,4})(?:\.0+)?\s*[人名]?")
_SCHEMA = {name: pl.String() for name in ("facility_no", "service_type", "facility_name", "corporation_no", "capacity")}


@dataclass(frozen=True)
class OpenData:
    """What a file holds.

    facilities: facility_no, service_type (one row each), facility_name, corporation_no, capacity; null where the file
    does not say it, or says it in two ways. services: name of a service → its rows, also of those that henrei does not
    know. unreadable: rows with another number of cells than the header, or without a number.
    """

    facilities: pl.DataFrame
    services: dict[str, int]
    unreadable: int


def read_open_data(data: bytes, types: Mapping[str, str]) -> OpenData | None:
    """`types`: name of a service → its code. None where the file holds no facility's row, or not the columns for it."""
    csv.field_size_limit(
        max(csv.field_size_limit(), len(data) + 1)
    )  # a quote that nobody closes takes all that follows
    rows = csv.reader(io.StringIO(_text(data), newline=""))
    places: dict[str, int] | None = None
    width = 0
    for _, header in zip(range(_HEADER_LINES), rows, strict=False):
        width, places = len(header), _places(header)
        if places:
            break
    if not places:
        return None
    services: dict[str, int] = {}
    found: list[dict[str, str | None]] = []
    unreadable = 0
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        number = _number(cells[places["facility_no"]]) if len(cells) == width else None
        if number is None:
            unreadable += 1
            continue
        service = _plain(cells[places["service"]])
        services[service] = services.get(service, 0) + 1
        if kind := types.get(service):
            found.append({"facility_no": number, "service_type": kind, **_values(cells, places)})
    if not services:
        return None
    return OpenData(_one_row_each(pl.DataFrame(found, schema=_SCHEMA)), services, unreadable)


def _text(data: bytes) -> str:
    """UTF-8, or what Excel makes of it when it saves a CSV."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp932", errors="replace")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _places(header: list[str]) -> dict[str, int]:
    """Our column → its place; nothing where one is missing that must be there."""
    names = [_plain(name) for name in header]
    places = {}
    for column, beginning in _HEADERS.items():
        fitting = (at for at, name in enumerate(names) if name.startswith(beginning) and not name.endswith(_KANA))
        if (at := next(fitting, None)) is not None:
            places[column] = at
    return places if all(column in places for column in _NEEDED) else {}


def _number(text: str) -> str | None:
    plain = _plain(text)
    return plain.zfill(10) if re.fullmatch(r"[0-9A-Z]{1,10}", plain) else None


def _values(cells: list[str], places: Mapping[str, int]) -> dict[str, str | None]:
    """What else the row says of the facility; a capacity of 0 says that the service has none."""

    def cell(column: str) -> str:
        return cells[places[column]] if column in places else ""

    corporation = re.sub(r"[\s-]", "", _plain(cell("corporation_no")))
    capacity = _CAPACITY.fullmatch(_plain(cell("capacity")).replace(",", ""))
    return {
        "facility_name": " ".join(cell("facility_name").split()) or None,
        "corporation_no": corporation if re.fullmatch(r"\d{13}", corporation) else None,
        "capacity": str(int(capacity[1])) if capacity and int(capacity[1]) else None,
    }


def _one_row_each(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a facility and service: a value that its rows say in one way; of several names the first."""
    only = [
        pl.when(pl.col(name).drop_nulls().n_unique() == 1).then(pl.col(name).drop_nulls().first()).alias(name)
        for name in ("corporation_no", "capacity")
    ]
    return rows.group_by("facility_no", "service_type", maintain_order=True).agg(
        pl.col("facility_name").drop_nulls().first(), *only
    )
