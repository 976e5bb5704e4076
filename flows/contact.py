"""Settings in, the sentence for a contact without a telephone number out. Called by close, inquire, answers and status, which
all say the same.
"""

from __future__ import annotations

from henrei.flows.settings import Settings
from henrei.home import SETTINGS

NO_TELEPHONE = (
    f"{SETTINGS} の [reports] contact に電話番号がありません。事業所が書類を見て電話できるように、"
    'contact = "療育支援課 給付担当 049-000-0000" のように書いてください'
)


def contact_fault(settings: Settings) -> str:
    """The sentence; empty where the contact holds a telephone number (`Settings.has_telephone`)."""
    return "" if settings.has_telephone else NO_TELEPHONE
