"""A path that a person gave in, WAM NET's facilities and the month of their state out. Called by `henrei facilities`."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from pathlib import Path

from henrei.data.rules import rules
from henrei.errors import NOTHING, HenreiError
from henrei.schemas.ledgers.open_data import OpenData, read_open_data

_MOST = 512 * 1024**2  # bytes that a file out of a .zip may have
_MONTH_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?[0-3]\d)?(?!\d)")


def read_file(file: Path) -> tuple[OpenData, date, str]:
    """The facilities, the month of their state, and where that is known from. Raises HenreiError: the file cannot be read
    (status 2), or holds none of the services that henrei knows (3)."""
    data, name, changed = _bytes_of(file)
    return _open_data(data, name), *_state(file, name, changed)


def _bytes_of(file: Path) -> tuple[bytes, str, datetime]:
    """The CSV, its name, and when it was last changed; also of the only one in a .zip, as WAM NET has it."""
    try:
        changed = datetime.fromtimestamp(file.stat().st_mtime)
        data = file.read_bytes()
        if file.suffix.casefold() != ".zip":
            return data, file.name, changed
        with zipfile.ZipFile(file) as archive:
            [inside] = [one for one in archive.infolist() if one.filename.casefold().endswith(".csv")]
            if inside.file_size > _MOST:
                raise ValueError
            return archive.read(inside), f"{file.name} {inside.filename}", datetime(*inside.date_time)
    except FileNotFoundError:
        raise HenreiError(f"{file} がありません。WAM NET から取ったファイルの場所を確かめてください") from None
    except (OSError, RuntimeError, zipfile.BadZipFile, ValueError) as problem:
        raise HenreiError(
            f"{file} を読めません。他のプログラムで開いていれば閉じ、.zip は展開して中の .csv を指定してください({type(problem).__name__})"
        ) from None


def _open_data(data: bytes, name: str) -> OpenData:
    types = dict(rules()["service_types"].select("label", "service_type").iter_rows())
    found = read_open_data(data, types)
    if found is None:
        raise HenreiError(
            f"{name} に WAM NET の列(事業所番号、サービス種別、事業所の名称)と行がありません。"
            "障害福祉サービス等情報公表システムのオープンデータ(csvdownload….csv)を指定してください",
            NOTHING,
        )
    if found.facilities.is_empty():
        services = "、".join(sorted(found.services)[:5])
        raise HenreiError(
            f"{name} に henrei の見るサービス({'、'.join(types)})の行がありません(あるのは {services})。"
            "サービスごとのファイルから選び直してください",
            NOTHING,
        )
    return found


def _state(file: Path, name: str, changed: datetime) -> tuple[date, str]:
    """The month of the file's state: from its name or its folders' names (YYYYMM), else when it was last changed."""
    for text, label in ((name, "ファイル名"), (file.absolute().parent.name, "フォルダー名")):
        if match := _MONTH_IN_NAME.search(text):
            return date(int(match[1]), int(match[2]), 1), label
    return changed.date().replace(day=1), "ファイルの日付"
