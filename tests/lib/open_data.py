"""Files as WAM NET's open data of facilities has them, made small."""

from __future__ import annotations

from pathlib import Path

COLUMNS = [
    "都道府県コード又は市区町村コード", "NO（※システム内の固有の番号、連番）", "指定機関名", "法人の名称", "法人の名称_かな", "法人番号",
    "法人住所（市区町村）", "法人住所（番地以降）", "法人電話番号", "法人FAX番号", "法人URL", "サービス種別", "事業所の名称", "事業所の名称_かな",
    "事業所番号", "事業所住所（市区町村）", "事業所住所（番地以降）", "事業所電話番号", "事業所FAX番号", "事業所URL", "事業所緯度",
    "事業所経度", "利用可能な時間帯（平日）", "利用可能な時間帯（土曜）", "利用可能な時間帯（日曜）", "利用可能な時間帯（祝日）", "定休日",
    "利用可能曜日特記事項（留意事項）", "定員",
]  # fmt: skip
DAY, EARLY, VISIT = "放課後等デイサービス", "児童発達支援", "保育所等訪問支援"


def row(number: str, name: str, service: str = DAY, capacity: str = "10", corporation: str = "1234567890123") -> str:
    """A facility's row; the note has a comma and a line break, as real ones do."""
    cells = {
        "都道府県コード又は市区町村コード": "13000",
        "法人の名称": "架空法人",
        "法人番号": corporation,
        "サービス種別": service,
        "事業所の名称": name,
        "事業所の名称_かな": "かくう",
        "事業所番号": number,
        "利用可能曜日特記事項（留意事項）": "年末は休み、\n要予約,電話で",
        "定員": capacity,
    }
    return ",".join(f'"{cells.get(column, "")}"' for column in COLUMNS)


def text(*rows: str) -> str:
    return "\r\n".join([",".join(COLUMNS), *rows, ""])


def write(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(*rows), encoding="utf-8-sig", newline="")
    return path
