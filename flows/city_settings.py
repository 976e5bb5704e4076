"""A city's name and number in, henrei.toml with them in its table [city] out, everything else as it was. Called by the menu, where
henrei.toml has no number yet.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from henrei.errors import HenreiError
from henrei.files import write_atomic
from henrei.flows.init import UNKNOWN_NUMBER
from henrei.home import SETTINGS, Home

_CITY = re.compile(r"^[ \t]*\[[ \t]*city[ \t]*\][^\n]*\n?", re.MULTILINE)
_NEXT_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def lacks_number(home: Home) -> bool:
    """True where henrei.toml can be read and says no number of the city."""
    try:
        city = tomllib.loads(home.settings.read_text(encoding="utf-8-sig")).get("city", {})
    except (OSError, ValueError):
        return False
    return not isinstance(city, dict) or city.get("municipality_no", "") in ("", UNKNOWN_NUMBER)


def write_city(home: Home, name: str, number: str) -> None:
    """Writes both into [city]; an empty name leaves the one that is there. Raises HenreiError where that cannot be done."""
    before = home.settings.read_text(encoding="utf-8-sig")
    found = _CITY.search(before)
    text = before if found else f"[city]\n{before}"
    begin = found.end() if found else len("[city]\n")
    after = _NEXT_TABLE.search(text, begin)
    end = after.start() if after else len(text)
    body = text[begin:end]
    for key, value in (("municipality_no", number), *([("name", name)] if name else [])):
        body = _with(body, key, value)
    _write(
        home, before, text[:begin] + body + text[end:], {"municipality_no": number, **({"name": name} if name else {})}
    )


def _with(body: str, key: str, value: str) -> str:
    """The lines of a table with one value set; what follows the value on its line stays."""
    written = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    line = re.compile(rf"""^[ \t]*{key}[ \t]*=[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^#\s]*)""", re.MULTILINE)
    return line.sub(lambda _: written, body, count=1) if line.search(body) else f"{written}\n{body}"


def _write(home: Home, before: str, text: str, wanted: dict[str, Any]) -> None:
    try:
        now, then = tomllib.loads(text), tomllib.loads(before)
    except tomllib.TOMLDecodeError:
        now = then = {}
    # Whatever was written there: but for these values nothing is another.
    if not now or now != {**then, "city": {**then.get("city", {}), **wanted}}:
        raise HenreiError(
            f"{SETTINGS} に市町村番号を書き込めません。メモ帳で開いて [city] municipality_no に書いてください"
        )
    write_atomic(home.settings, text.encode("utf-8"))
