"""A city whose every field that can hold a name or number of a person holds one that is nowhere else, and the search.

Children, their numbers and the facilities are fictional. Child ONE is at both facilities, OF_A and OF_B at one each;
GONE is in refused lines only.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

import pypdf

from henrei.data.fictional.records import line
from henrei.schemas.layouts import layouts
from henrei.schemas.ledgers import ledgers
from lib import inputs

MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"
A, B = "9990800011", "9990800029"
HOUSES = {A: "金糸雀園アルファ", B: "金糸雀園ベータ"}
ONE, OF_A, OF_B, GONE = "9990000017", "9990000025", "9990000033", "9990000041"
THEIRS = {A: (ONE, OF_A), B: (ONE, OF_B)}
FULL = {
    ONE: ("カナリア ジドウイチ", "カナリア ホゴシヤイチ"),
    OF_A: ("カナリア ジドウニ", "カナリア ホゴシヤニ"),
    OF_B: ("カナリア ジドウサン", "カナリア ホゴシヤサン"),
    GONE: ("カナリア ジドウヨン", "カナリア ホゴシヤヨン"),
}
HALF = {
    ONE: ("ｶﾅﾘｱ ｼﾞﾄﾞｳｲﾁ", "ｶﾅﾘｱ ﾎｺﾞｼﾔｲﾁ"),
    OF_A: ("ｶﾅﾘｱ ｼﾞﾄﾞｳﾆ", "ｶﾅﾘｱ ﾎｺﾞｼﾔﾆ"),
    OF_B: ("ｶﾅﾘｱ ｼﾞﾄﾞｳｻﾝ", "ｶﾅﾘｱ ﾎｺﾞｼﾔｻﾝ"),
    GONE: ("ｶﾅﾘｱ ｼﾞﾄﾞｳﾖﾝ", "ｶﾅﾘｱ ﾎｺﾞｼﾔﾖﾝ"),
}
HOUSEHOLDS = {ONE: "S7770003331", OF_A: "S7770003332", OF_B: "S7770003333", GONE: "S7770003334"}
CHILD_CODES = {ONE: "C7770003331", OF_A: "C7770003332", OF_B: "C7770003333", GONE: "C7770003334"}
BORN = {ONE: (2017, 11, 13), OF_A: (2016, 10, 9), OF_B: (2015, 12, 27), GONE: (2014, 8, 19)}
CORPORATIONS = {A: "9990009990017", B: "9990009990025"}
FREE = {
    "K122-03": "金糸雀摘要", "K611-02": "金糸雀備考", "note": "金糸雀ノート", "answer": "金糸雀回答",
    "wrong decision": "金糸雀の決定", "wording": "金糸雀文言", "petition": "金糸雀事由", "error": "金糸雀符号",
    "service": "金糸雀基本報酬", "K721-01": "金糸雀連合会", "K721-02": "金糸雀返戻", "bad birth": "金糸雀誕生日",
    "frame": "金糸雀枠",
}  # fmt: skip
STRAY = "9990000090"  # stands in items that nobody reads
HEADING = {4: 8, 5: 5, 8: 8, 9: 5}  # K721-01


def people() -> list[str]:
    """Every name and number of a person, and every free text."""
    names = [name for both in (*FULL.values(), *HALF.values()) for name in both]
    parts = [part for name in names for part in name.split()[1:]]
    births = [
        text.format(*born) for born in BORN.values() for text in ("{}-{:02}-{:02}", "{}{:02}{:02}", "{}/{}/{}", "{}年{}月{}日")
    ]  # fmt: skip
    return [*names, *parts, *FULL, *HOUSEHOLDS.values(), *CHILD_CODES.values(), *births, *FREE.values(), STRAY]


def forms(text: str) -> set[bytes]:
    """The bytes that a text can be in a file."""
    escaped = json.dumps(text)[1:-1]
    found = {text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")}
    found |= {
        escaped.encode(),
        escaped.replace("\\", "\\\\").encode(),
        quote(text).encode(),
        quote(text).lower().encode(),
    }
    found.add(repr(text.encode("utf-8"))[2:-1].encode())
    return found | {text.encode("cp932"), repr(text.encode("cp932"))[2:-1].encode()}


def leaks(data: bytes, texts: Iterable[str]) -> list[str]:
    return [text for text in texts if any(form in data for form in forms(text))]


def leaks_below(folder: Path, texts: Iterable[str]) -> dict[str, list[str]]:
    """Of every file below the folder what it must not hold; workbooks and PDFs by what they say."""
    texts = list(texts)
    found = {path: leaks(content(path), texts) for path in sorted(folder.rglob("*")) if path.is_file()}
    return {path.relative_to(folder).as_posix(): names for path, names in found.items() if names}


def content(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return data + b"".join(name.encode() + parts.read(name) for name in parts.namelist())
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(io.BytesIO(data))
        text = "".join(page.extract_text() or "" for page in reader.pages)
        return data + (text + "".join(text.split()) + str(reader.metadata)).encode()
    return data


# the city -----------------------------------------------------------------------------------------------------------


def texts(record: str, given: Mapping[int, object]) -> dict[int, object]:
    """A canary for every item of a record that holds text or another's number and is not given or looked up by code."""
    found: dict[int, object] = {}
    for item in layouts(record)[-1].items:
        if item.no <= 2 or item.no in given or item.codes or item.column:
            continue
        if item.type == "漢字" and item.width >= 10:
            found[item.no] = FREE[record][: item.width // 2]
        elif item.type == "英数" and item.width == 10:
            found[item.no] = STRAY
    return found


def _named(child: str, *, guardian: int, own: int) -> dict[int, object]:
    return {guardian: HALF[child][1], own: HALF[child][0]}


def claim(facility: str, child: str, *, days: object = 2, **more: object) -> list[str]:
    extra: dict[str, dict[int, object]] = {
        name: texts(name, {}) for name in ("K122-02", "K122-03", "K122-04", "K122-05")
    }
    named = _named(child, guardian=8, own=9)
    extra["K122-01"] = {**texts("K122-01", named), **named}
    if "bad" in more:
        extra["K122-02"][10] = more["bad"]
    return inputs.claim(facility, child, days=days, extra=extra)


def attendance(facility: str, child: str) -> list[str]:
    return inputs.attendance(facility, child, extra=texts("K611-02", {}))


def invoice(facility: str) -> list[str]:
    base: dict[int, object] = {3: "202604", 4: inputs.CITY, 5: facility, **dict.fromkeys(range(6, 24), 1)}
    return [line("K112-01", {**base, **texts("K112-01", base)}, False)]


def sheet(manager: str, child: str, *, kind: str = "1", household: bool = False) -> list[str]:
    name = "K421" if household else "K411"
    base: dict[int, object] = {3: "202604", 4: kind, 5: inputs.CITY, 6: manager, 7: child, 10: 4600, 11: "3"}
    base |= {12: 20000, 13: 9200, 14: 4600, **_named(child, guardian=8, own=9)}
    lines = [line(f"{name}-01", {**base, **texts(f"{name}-01", base)}, False)]
    for number, facility in enumerate((A, B), start=1):
        row: dict[int, object] = {3: "202604", 4: inputs.CITY, 5: manager, 6: child, 7: number, 8: facility, 9: 10000}
        row |= {10: 4600, 11: 0, **({12: child, 13: HALF[child][0]} if household else {})}
        lines.append(line(f"{name}-02", {**row, **texts(f"{name}-02", row)}, False))
    return lines


def returned(facility: str, child: str, other: str) -> list[str]:
    """The federation returned a claim, and its text names another child and another facility."""
    head: dict[int, object] = {3: "202605", 4: STRAY}
    text = f"{FREE['K721-02']}{FULL[other][0].replace(' ', '　')}"
    base: dict[int, object] = {
        3: "202605",
        4: facility,
        5: inputs.CITY,
        6: "試験市",
        7: child,
        8: HALF[child][0],
        9: "明",
    }
    base |= {10: "202604", 11: "63", 12: 1000, 13: "EG02", 14: text}
    return [line("K721-01", {**head, **texts("K721-01", head)}, False), line("K721-02", base, False)]


ROWS: dict[str, list[dict[str, str]]] = {
    "recipients": [
        {
            "受給者証番号": child, "市町村番号": inputs.CITY, "児童氏名カナ": FULL[child][0], "保護者氏名カナ": FULL[child][1],
            "生年月日": "{}-{:02}-{:02}".format(*BORN[child]), "世帯番号": HOUSEHOLDS[child], "児童コード": CHILD_CODES[child], "利用者負担上限月額": "4600",
            "適用開始日": "2025-04-01",
        }
        for child in (ONE, OF_A, OF_B)
    ]
    + [
        {
            "受給者証番号": GONE, "市町村番号": inputs.CITY, "児童氏名カナ": FULL[GONE][0], "保護者氏名カナ": FULL[GONE][1],
            "生年月日": FREE["bad birth"], "世帯番号": HOUSEHOLDS[GONE], "児童コード": CHILD_CODES[GONE], "利用者負担上限月額": "4600", "適用開始日": "2025-04-01",
        }
    ],
    "grants": [
        {"受給者証番号": child, "決定サービスコード": "631000", "支給量": "10", "支給決定開始日": "2025-04-01", "支給決定終了日": "2027-03-31"}
        for child in (ONE, OF_A, OF_B)
    ],
    "cap_managers": [{"受給者証番号": ONE, "上限額管理事業所番号": A, "有効開始日": "2025-04-01"}],
    "plans": [{"受給者証番号": ONE, "計画区分": "2", "コア連携事業所番号": A, "未算定理由": "1", "適用開始日": "2025-04-01"}],
    "facilities": [
        {
            "事業所番号": at, "事業所名": name, "法人番号": CORPORATIONS[at], "サービス種類コード": "63", "定員": "10",
            "地域区分コード": "23", "指定開始日": "2025-04-01",
        }
        for at, name in HOUSES.items()
    ],
    "facility_addons": [
        {"事業所番号": A, "サービス種類コード": "63", "区分": "減算", "加算キー": "reduction_plan_missing", "受給者証番号": ONE, "有効開始日": "2025-04-01"}
    ],
    "petitions": [{"申立年月": "2026-04", "事業所番号": A, "受給者証番号": OF_A, "サービス提供年月": "2026-03", "申立事由コード": FREE["petition"]}],
    "history": [
        {"種別": "明", "審査月": "2026-04", "事業所番号": A, "受給者証番号": OF_A, "サービス提供年月": "2026-03", "結果": "決定", "給付費": "7000"}
    ],
    "first_review": [
        {
            "種別": "明", "事業所番号": A, "受給者証番号": OF_A, "サービス提供年月": "2026-04", "区分": "警告", "エラーコード": FREE["error"],
            "文言": f"{FREE['wording']} {HALF[OF_B][0]}({OF_B})、{B} {HOUSES[B]}、{FULL[OF_B][1]}と比べてください",
        }
    ],
    "service_codes": [{"サービスコード": "631110", "名称": FREE["service"], "単位数": "500", "種別": "基本", "有効開始日": "2024-04-01"}],
}  # fmt: skip


def table(labels: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    labels = list(labels)
    return "".join(
        ",".join(cells) + "\r\n" for cells in (labels, *([row.get(name, "") for name in labels] for row in rows))
    )


def make_home(folder: Path, settings: str = "") -> Path:
    """The home before its first run: May; June with a broken file and a ledger; July with nothing wrong and no ledger."""
    claims = [claim(A, ONE), claim(B, ONE), claim(A, OF_A, days=3), claim(B, OF_B, days=3), claim(A, GONE, bad="ｶﾅ")]
    sheets = [sheet(A, ONE), sheet(A, ONE), sheet(B, OF_B, household=True)]
    records = [attendance(at, child) for at, children in THEIRS.items() for child in children]
    files = {
        "K1100000.CSV": inputs.exchange("K11", invoice(A), *claims, facility=A),
        "K4100000.CSV": inputs.exchange("K41", *sheets, facility=A),
        "K6100000.CSV": inputs.exchange("K61", *records, facility=A),
        "K7200000.CSV": inputs.exchange("K72", returned(A, OF_A, OF_B)),
        # The number of records is wrong: the whole file is refused.
        "K6100001.CSV": inputs.exchange("K61", attendance(B, GONE), facility=B).replace(b"1,1,0,3", b"1,1,0,7"),
    }
    home = inputs.make_home(folder, files, {}, '[reports]\ncontact = "療育支援課"\n' + settings)
    for name, ledger in ledgers().items():
        (home / "inbox" / MAY / f"{name}.csv").write_text(
            table(ledger.labels, ROWS[name]), encoding="utf-8-sig", newline=""
        )
    june, july = home / "inbox" / JUNE, home / "inbox" / JULY
    june.mkdir()
    broken = inputs.exchange("K11", claim(A, GONE), facility=A, month="202606").decode("cp932")
    broken = broken.replace("1,1,0,5,K11", f"1,1,0,5,{FREE['frame']}").replace("2,2,K122", f"2,{GONE},{HALF[GONE][0]}")
    (june / "K1100000.CSV").write_bytes(broken.encode("cp932"))
    # Each child's grant ends in May, so that there is something to remind each facility of.
    head = "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n"
    ended = "".join(f"{child},631000,10,2025-04-01,2026-05-10\r\n" for child in (ONE, OF_A, OF_B))
    (june / "grants.csv").write_text(head + ended, encoding="utf-8", newline="")
    july.mkdir()
    (july / "K1100000.CSV").write_bytes(inputs.exchange("K11", claim(A, ONE), facility=A, month="202607"))
    return home
