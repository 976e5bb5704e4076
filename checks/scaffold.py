"""A code and a name in, a new check's SQL file and examples out, with blanks to fill in. Called by `make new-check`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from henrei.checks.catalogue import catalogue
from henrei.errors import USAGE, HenreiError

# What is still to be written; the tests refuse a check that holds it.
BLANK = "〔書く〕"

_SQL = """-- code = "{code}"
-- name = "{name}"
-- title = "{blank}"
-- severity = "review"
-- subject = "claim"
-- needs = []
-- source = "{blank}"
-- why = "{blank}"
-- logic = "{blank}"
-- [message]
-- default = "{blank}"
-- [asked]
-- default = "{blank}お知らせください。"
-- [returned]
-- default = "{blank}{{window}}に再請求してください。"
-- [paid]
-- default = "{blank}"
-- [known]
-- default = "{blank}"
SELECT -- The words of the field are views in store/; a number of the law is a row in data/rules/.
       c.facility_no, c.recipient_no, c.service_month, c.benefit_yen::VARCHAR AS observed
FROM claims_now c
WHERE FALSE
"""
_EXAMPLES = """## {blank}ものは指摘する

claims
| facility_no | recipient_no |
|---|---|
| A | 1 |

expect
| facility_no | recipient_no | verdict |
|---|---|---|
| A | 1 | review |

## {blank}ものは指摘しない

claims
| facility_no | recipient_no |
|---|---|
| A | 1 |

expect: none
"""


def groups() -> dict[str, str]:
    """The folder of each prefix of a code, as the checks that are there have it; a new group begins with a copied check."""
    return {check.code[:3]: check.group for check in sorted(catalogue().values(), key=lambda check: check.code[3:])}


def make(code: str, name: str, folder: Path) -> list[Path]:
    """Writes the two files below `folder` (checks/) and returns their paths.

    Raises HenreiError for a code or name that is not free or not of the form.
    """
    folders = groups()
    if not re.fullmatch(r"[A-Z]{3}\d{3}", code) or code[:3] not in folders:
        raise HenreiError(f"CODE「{code}」は {'・'.join(folders)} のどれかと3桁の数字で書いてください(例 CODE=DAY299)")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise HenreiError(f"NAME「{name}」は英小文字と - で書いてください(例 NAME=days-before-contract)")
    if code in catalogue() or name in {check.name for check in catalogue().values()}:
        raise HenreiError(f"{code} {name} はもうあります。henrei checks で一覧を見られます")
    stem = folder / folders[code[:3]] / f"{code.lower()}_{name.replace('-', '_')}"
    made = []
    for suffix, text in ((".sql", _SQL), (".md", _EXAMPLES)):
        path = stem.with_suffix(suffix)
        path.write_text(text.format(code=code, name=name, blank=BLANK), encoding="utf-8", newline="\n")
        made.append(path)
    return made


if __name__ == "__main__":
    try:
        for written in make(sys.argv[1], sys.argv[2], Path(__file__).parent):
            print(written)
    except HenreiError as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(USAGE) from None
