"""The contact of [reports] in, whether a facility finds a telephone number in it out. Called by close, inquire, answers and
status, which all say the same sentence where there is none.
"""

from __future__ import annotations

import re
import unicodedata

from henrei.flows.settings import Settings
from henrei.home import SETTINGS

NO_TELEPHONE = (
    f"{SETTINGS} の [reports] contact に電話番号がありません。事業所が書類を見て電話できるように、"
    'contact = "療育支援課 給付担当 049-000-0000" のように書いてください'
)
_HYPHENS = re.compile(
    r"[‐‑‒–—―−ー]"
)  # what people and input methods write for a hyphen between figures; NFKC leaves them
# From anywhere (ten figures, of a mobile telephone eleven, or +81), or as it is dialled within the city (22-1234); 〒350-0000
# is none, nor is a time. A bracket or a space may stand where a hyphen may.
_GAP = "[-() ]{0,2}"
_NUMBER = re.compile(
    rf"(?<![\d:-])(?:\+81{_GAP}\d(?:{_GAP}\d){{8,9}}|\(?0[5789]0(?:{_GAP}\d){{8}}|\(?0(?:{_GAP}\d){{9}})(?![\d-])"
)
_LOCAL = re.compile(r"(?<![\d〒-])(?<!〒 )\d{2,4}-\d{4}(?![\d-])")


def has_telephone(text: str) -> bool:
    """True where the text holds a telephone number, half-width or full-width, with or without hyphens."""
    plain = unicodedata.normalize("NFKC", _HYPHENS.sub("-", text))
    plain = _HYPHENS.sub("-", plain)  # a half-width long vowel mark is one only now
    return bool(_NUMBER.search(plain) or _LOCAL.search(plain))


def contact_fault(settings: Settings) -> str:
    """The sentence for a contact without a telephone number; empty where there is one."""
    return "" if has_telephone(settings.contact) else NO_TELEPHONE
