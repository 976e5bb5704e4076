"""What a facility reads in a letter in the place of other facilities and children."""

from __future__ import annotations

import pytest

from henrei.reports.letters.redaction import Redactor


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("管理事業所1350000002 結果2 500円", "管理事業所(他の事業所) 結果2 500円"),
        ("管理事業所１３５０００００02です", "管理事業所(他の事業所)です"),
        ("自分は1350000001、児童は0000000001", "自分は1350000001、児童は0000000001"),
        ("児童0000000009と重複", "児童(番号)と重複"),
        ("総費用額1234567890円", "総費用額1234567890円"),
        ("にじいろ教室とにじいろ教室第二を確かめる", "にじいろ教室と(他の事業所)を確かめる"),
        ("放課後等デイサービスの利用", "放課後等デイサービスの利用"),
    ],
)
def test_a_facility_reads_of_nobody_else(text: str, read: str) -> None:
    names = {
        "1350000001": "にじいろ教室",
        "1350000002": "にじいろ教室第二",
        "1350000003": "放課後等デイサービス",  # a name that is also a word of the checks
    }
    redactor = Redactor(set(names), names, "放課後等デイサービスの利用日数")
    assert redactor.for_facility("1350000001", {"0000000001"})(text) == read


PEOPLE = {
    "0000000001": {"カクウ ヒトミ"},
    "0000000002": {"ホシゾラ タロウ", "ホシゾラ　ハルカ"},  # child and guardian
    "0000000003": {"ミナ"},  # too short to be distinguished from other text
    "0000000004": {"サービス"},  # a name that is also a word of the checks
}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("カクウヒトミホシゾラタロウ", "(氏名)"),  # kana in one run are replaced as one
        ("カクウ ヒトミ、ホシゾラ　タロウ", "カクウ ヒトミ、(氏名)"),
        ("ﾎｼｿﾞﾗ ﾊﾙｶ様", "(氏名)様"),
        ("ミナとサービス", "ミナとサービス"),
        ("カクウ ヒトミ様", "カクウ ヒトミ様"),
    ],
)
def test_a_facility_reads_the_names_of_its_own_children_alone(text: str, read: str) -> None:
    redactor = Redactor(set(), {}, "放課後等デイサービスの利用日数", PEOPLE)
    assert redactor.for_facility("1350000001", {"0000000001"})(text) == read


def test_each_facility_has_its_own_redaction() -> None:
    names = {"1350000001": "にじいろ教室", "1350000002": "こもれびひろば"}
    redactor = Redactor(set(names), names, "")
    text = "にじいろ教室(1350000001)とこもれびひろば(1350000002)"
    assert redactor.for_facility("1350000001", set())(text) == "にじいろ教室(1350000001)と(他の事業所)((他の事業所))"
    assert redactor.for_facility("1350000002", set())(text) == "(他の事業所)((他の事業所))とこもれびひろば(1350000002)"
