"""A summary.json of a made-up month, for tests of what shows one."""

from __future__ import annotations

from typing import Any


def a_summary(**more: Any) -> dict[str, Any]:
    """Two files, two checks of which one could not be judged at all, and 1,234 claims."""
    file = {"sha256": "0" * 64, "kind": "K11"}
    usual: dict[str, Any] = {
        "review_month": "2026-05",
        "variants": {
            "capacity_51_or_more": "national",
            "petition_month": "next",
            "shared_cap": "false",
            "staff_shortage_months": "national",
        },
        "files": [
            {"file": "a.CSV", **file, "lines": 1500, "loaded": 1490, "refused": 5, "ignored": 5},
            {"file": "b.CSV", **file, "lines": 10, "loaded": 10, "refused": 0, "ignored": 0},
        ],
        "checks": [
            {"code": "DAY201", "findings": 2, "undetermined": 1000, "reason": None, "braked": False},
            {"code": "SUB405", "findings": 0, "undetermined": None, "reason": "審査履歴がありません", "braked": False},
        ],
        "claims": {
            "received": 1234,
            "benefit_yen": 9_876_543,
            "with_return_finding": 2,
            "with_return_finding_yen": 18_000,
        },
    }
    return usual | more
