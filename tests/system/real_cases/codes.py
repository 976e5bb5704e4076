"""The fictional service codes of the town: what a line of a claim may be. Units and most numbers are made up."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A row of service_codes.csv; `grade` is the capacity from and to, `time` the 時間区分, `holiday` the 提供区分."""

    code: str
    units: int | str
    sort: str = "加算"
    key: str = ""
    grade: tuple[int | str, int | str] = ("", "")
    heavy: str = ""
    time: str = ""
    holiday: str = ""
    medical: str = ""
    filed: str = ""
    limit: str = ""

    def row(self) -> dict[str, object]:
        """The row as the ledger writes it."""
        return {
            "サービスコード": self.code, "名称": f"架空{self.code}", "単位数": self.units, "種別": self.sort,
            "加算キー": self.key, "定員下限": self.grade[0], "定員上限": self.grade[1], "重心区分": self.heavy,
            "時間区分": self.time, "提供区分": self.holiday, "医ケア区分": self.medical, "届出要": self.filed,
            "月上限": self.limit, "有効開始日": "2024-04-01",
        }  # fmt: skip


SHORT, USUAL, LONG = "63A101", "63A102", "63A103"  # time classes 1 to 3
HEAVY, HEAVY_HOLIDAY = "63H101", "63H102"
FEW_STAFF, NO_MANAGER, CROWDED = "63S102", "63M102", "63P102"  # base codes that hold a reduction
CAP, ABSENCE, HEAVY_ABSENCE, ANY_ABSENCE = "63C001", "63N001", "63N002", "63N000"
FAMILY, FAMILY_GROUP, TRIP, EXTENSION, MOVE = "63F001", "63F002", "63T001", "63X001", "63R001"
CORE, OTHER, SUPPORT, SEVERE_SUPPORT = "63K001", "63K002", "63I001", "63I002"
COOPERATION_1, COOPERATION_2, COOPERATION_3 = "63J001", "63J002", "63J003"
SPECIALIST, BATH, STAFF_PLUS, PLAIN = "63Q001", "63B001", "63L001", "63Z001"
OTHER_RATE = "63W001"
WAGES, ENDED_WAGES = "635621", "635625"  # as in the nation's table: rates hang on the code
MEDICAL = "63E102"  # 医ケア区分 2
BASE = {"61": "61A102", "63": USUAL, "64": "64A001", "65": "65A001"}
ONE_TO_TEN, FIVE_TO_SEVEN = (1, 10), (5, 7)

CODES = {
    row.code: row
    for row in (
        Code(SHORT, 560, "基本", "", ONE_TO_TEN, "1", "1"),
        Code(USUAL, 600, "基本", "", ONE_TO_TEN, "1", "2"),
        Code(LONG, 650, "基本", "", ONE_TO_TEN, "1", "3"),
        Code("63A202", 410, "基本", "", (11, 20), "1", "2"),
        Code(HEAVY, 1500, "基本", "", FIVE_TO_SEVEN, "2", "", "1"),
        Code(HEAVY_HOLIDAY, 1800, "基本", "", FIVE_TO_SEVEN, "2", "", "2"),
        Code(FEW_STAFF, 420, "基本", "reduction_staff_shortage", ONE_TO_TEN, "1", "2"),
        Code(NO_MANAGER, 420, "基本", "reduction_manager_shortage", ONE_TO_TEN, "1", "2"),
        Code(CROWDED, 420, "基本", "reduction_over_capacity", ONE_TO_TEN, "1", "2"),
        Code(MEDICAL, 1600, "基本", "", ONE_TO_TEN, "1", "2", "", "2"),
        Code("61A102", 900, "基本", "", ONE_TO_TEN, "1", "2"),
        Code("64A001", 1000, "基本"),
        Code("65A001", 1050, "基本"),
        Code(CAP, 150, key="cap_management", limit="1"),
        Code(ABSENCE, 90, key="absence", heavy="1"),
        Code(HEAVY_ABSENCE, 90, key="absence", heavy="2"),
        Code(ANY_ABSENCE, 90, key="absence"),
        Code("61N001", 90, key="absence", heavy="1"),
        Code(FAMILY, 290, key="family_support_1"),
        Code(FAMILY_GROUP, 90, key="family_support_2"),
        Code(TRIP, 50, key="pickup"),
        Code(EXTENSION, 60, key="extension"),
        Code(MOVE, 480, key="transition_support"),
        Code(CORE, 510, key="coordination_core", limit="1"),
        Code(OTHER, 160, key="coordination_other", limit="1"),
        Code(SUPPORT, 100, key="individual_support_1"),
        Code(SEVERE_SUPPORT, 120, key="individual_support_1_severe"),
        Code(COOPERATION_1, 240, key="agency_cooperation_1", limit="1"),
        Code(COOPERATION_2, 210, key="agency_cooperation_2", limit="1"),
        Code(COOPERATION_3, 140, key="agency_cooperation_3", limit="1"),
        Code(SPECIALIST, 155, key="specialist_support"),
        Code(BATH, 75, key="bathing"),
        Code(STAFF_PLUS, 140, key="staffing_plus", filed="1"),
        Code(PLAIN, 30),
        Code(OTHER_RATE, "", "率"),
        Code(WAGES, "", "率", "treatment_improvement"),
        Code(ENDED_WAGES, "", "率", "treatment_improvement"),
    )
}
