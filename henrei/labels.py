"""Labels: a code in, what people read out, for subjects, severities, decisions and outcomes. Called by every report."""

from __future__ import annotations

# What a finding is about. The short ones are for narrow columns and for lines on the screen.
SUBJECTS = {
    "claim": "明細書",
    "sheet": "上限額管理結果票",
    "attendance": "実績記録票",
    "petition": "過誤申立",
    "facility": "事業所",
}
SHORT_SUBJECTS = SUBJECTS | {"sheet": "結果票"}

# The kinds of 国保連's lists and of outcomes.
CLAIM_KIND, SHEET_KIND = "明", "利"
SUBJECT_OF_KIND = {CLAIM_KIND: "claim", SHEET_KIND: "sheet"}
KIND_OF_SUBJECT = {subject: kind for kind, subject in SUBJECT_OF_KIND.items()}

# The gravest first.
SEVERITIES = {"return": "返戻相当", "review": "要確認", "notice": "参考"}
DECISIONS = {"return": "返戻", "accept": "支払", "hold": "保留"}
RETURNED, DECIDED, WITHDRAWN = "返戻", "決定", "取下げ"
OUTCOMES = (DECIDED, RETURNED, WITHDRAWN)
