"""The likeliest item of a list for every column of ours, whatever the list calls it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable

import pytest

from henrei.schemas.ledgers import folder, ledgers
from henrei.schemas.ledgers.item_list import CodeList, ItemList, ListItem, read_item_list
from henrei.schemas.ledgers.likeness import likeness, roman, sound_likeness
from henrei.schemas.ledgers.proposals import Proposal, propose
from lib.item_lists import Made, make_list

# Romaji by hand of some of our headers, as Hepburn has them and as others write.
ROMAJI = {
    "受給者証番号": "jukyūshashō bangō",
    "児童氏名カナ": "jido_shimei_kana",
    "利用者負担上限月額": "RIYOSHA_FUTAN_JOGEN_GETSUGAKU",
    "支給量": "sikyuuryou",
    "適用開始日": "tekiyokaishibi",
    "適用終了日": "tekiyoshuryobi",
    "生年月日": "seinengappi",
}
# As a vendor might call them: other words for the same thing.
OTHER_WORDS = {
    "受給者証番号": "通所受給者番号", "市町村番号": "支給市町村番号", "児童氏名カナ": "対象児氏名（フリガナ）", "保護者氏名カナ": "保護者_氏名_読み仮名",
    "世帯番号": "世帯コード", "児童コード": "児童_宛名番号", "利用者負担上限月額": "負担上限月額", "無償化対象": "就学前無償化対象者フラグ",
    "多子軽減区分": "多子軽減措置対象区分", "適用開始日": "適用期間_開始", "適用終了日": "適用期間_終了", "決定サービスコード": "支給決定サービスCD",
    "支給量": "決定支給量_日数", "支給決定開始日": "支給決定期間_自", "支給決定終了日": "支給決定期間_至", "上限額管理事業所番号": "上限管理者_事業所番号",
    "計画区分": "計画作成区分", "記録受領日": "会議録受領年月日", "未算定理由": "連携加算_未算定理由コード", "事業所番号": "指定事業所番号",
    "事業所名": "事業所名称", "サービス種類コード": "サービス種類", "定員": "利用定員数", "地域区分コード": "級地区分", "指定開始日": "指定年月日",
    "休止終了日": "再開年月日", "届出日": "体制届出年月日", "申立年月": "過誤申立年月", "サービス提供年月": "提供年月", "審査月": "審査年月",
}  # fmt: skip


def wide(ledger: str, label: str) -> str:
    """コード in narrow kana, 番号 as ＮＯ."""
    return label.replace("コード", "ｺｰﾄﾞ").replace("サービス", "ｻｰﾋﾞｽ").replace("カナ", "ｶﾅ").replace("番号", "ＮＯ")


def long_dates(ledger: str, label: str) -> str:
    return re.sub(r"(開始|終了|同意|受領|届出)日", r"\1年月日", label)


def parted(ledger: str, label: str) -> str:
    parts = "受給者証|児童|保護者|利用者負担|支給決定|サービス|上限額管理|コア連携|指定|休止|適用|有効"
    return re.sub(f"({parts})(?=.)", r"\1＿", long_dates(ledger, label))


def longer(ledger: str, label: str) -> str:
    return ("障害児通所_" if ledger in ("recipients", "grants") else "障害児_") + long_dates(ledger, label)


def other_words(ledger: str, label: str) -> str:
    return OTHER_WORDS.get(label, long_dates(ledger, label))


def proposals(made: Made) -> dict[tuple[str, str], Proposal]:
    items = read_item_list(made.data)
    assert items is not None
    return {(ledger.name, one.label): one for ledger in ledgers().values() for one in propose(ledger, items)}


def share_right(made: Made) -> float:
    """Of all our columns, those whose first candidate is the right item."""
    found = proposals(made)
    assert found.keys() == made.right.keys()
    hits = [one.best is not None and one.best.item.id == made.right[column] for column, one in found.items()]
    return sum(hits) / len(hits)


@pytest.mark.parametrize("spell", [wide, parted, longer, other_words])
def test_the_right_item_comes_first_in_a_list_of_300(spell: Callable[[str, str], str]) -> None:
    assert share_right(make_list(spell)) >= 0.95


def test_names_that_say_nothing_are_known_by_their_romaji() -> None:
    """The list's own names are numbers; those of ours whose romaji stands beside them are found by it."""
    made = make_list(lambda ledger, label: f"項目甲{ord(label[0])}", romaji=lambda ledger, label: ROMAJI.get(label, ""))
    found = proposals(made)
    known = [column for column in made.right if column[1] in ROMAJI and column[0] in ("recipients", "grants")]
    assert len(known) == 8
    for column in known:
        best = found[column].best
        assert best is not None and best.item.id == made.right[column]


def only(ledger: str, label: str, *items: ListItem, codes: dict[str, CodeList] | None = None) -> Proposal:
    return next(one for one in propose(ledgers()[ledger], ItemList(list(items), codes or {})) if one.label == label)


def test_below_the_threshold_it_is_a_guess() -> None:
    near, far = (
        ListItem("1", "受給者証＿番号", type="X", length="10"),
        ListItem("1", "受給者整理番号", type="X", length="10"),
    )
    assert not only("recipients", "受給者証番号", near).is_guess
    assert only("recipients", "受給者証番号", far).is_guess
    assert only("recipients", "受給者証番号", ListItem("1", "住所_方書")).best is None


def test_the_group_that_holds_most_of_a_ledger_decides_among_equal_names() -> None:
    """Adults have the same items in a group of their own; and one group is one file."""
    labels = ("受給者証番号", "決定サービスコード", "支給量", "支給決定開始日", "支給決定終了日")
    groups = ("障害福祉サービス支給決定情報", "支給決定情報", "交付情報")
    items = [
        ListItem(f"{n}{m}", label, group=group) for n, group in enumerate(groups) for m, label in enumerate(labels)
    ]
    items.append(ListItem("99", "支給量", group="地域生活支援情報"))
    found = {one.label: one for one in propose(ledgers()["grants"], ItemList(items, {}))}
    assert {found[label].candidates[0].item.group for label in labels} == {"支給決定情報"}
    assert found["支給量算定"].is_guess


def test_no_item_is_two_columns_of_a_ledger() -> None:
    item = ListItem("1", "支給決定年月日", type="DATE", length="10")
    found = [one.label for one in propose(ledgers()["grants"], ItemList([item], {})) if one.best]
    assert found == ["支給決定開始日"]


def test_type_and_length_speak_against_an_item() -> None:
    time, number = ListItem("1", "事業所番号", type="TIME"), ListItem("2", "事業所番号_", type="X", length="10")
    proposal = only("facilities", "事業所番号", time, number)
    assert [one.item.id for one in proposal.candidates] == ["2", "1"]
    date = ListItem("1", "生年月日", type="9", length="3")
    assert only("recipients", "生年月日", date).is_guess


def test_a_value_table_by_what_the_codes_mean() -> None:
    code = CodeList("無償化", {"0": "対象外", "1": "無償化の対象", "9": "不明"})
    item = ListItem("1", "無償化対象区分", type="X", length="1", code="5")
    proposal = only("recipients", "無償化対象", item, codes={"5": code})
    assert proposal.values == {"0": "", "1": "2", "9": ""} and proposal.unclear == {}


def test_no_value_table_where_the_codes_are_ours() -> None:
    code = CodeList("計画", {"1": "障害児相談支援", "2": "セルフプラン"})
    item = ListItem("1", "計画作成区分", type="X", length="1", code="5")
    assert only("plans", "計画区分", item, codes={"5": code}).values == {}


def test_a_code_that_nobody_can_read_is_unclear() -> None:
    code = CodeList("多子", {"1": "甲", "2": "第二子", "3": "第三子以降"})
    item = ListItem("1", "多子軽減区分", type="X", length="1", code="5")
    proposal = only("recipients", "多子軽減区分", item, codes={"5": code})
    assert proposal.values == {"2": "1", "3": "2"} and proposal.unclear == {"1": "甲"}


def test_a_code_list_that_the_city_makes_says_nothing() -> None:
    item = ListItem("1", "無償化対象区分", type="X", length="1", code="999")
    assert only("recipients", "無償化対象", item, codes={"999": CodeList("", {"任意": "任意"})}).values == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("受給者証番号", "障害児通所受給者証＿Ｎｏ．"),
        ("支給決定開始日", "支給決定期間_開始年月日"),
        ("児童氏名カナ", "児童氏名（ふりがな）"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert likeness(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("支給決定開始日", "支給決定終了日"),
        ("児童氏名カナ", "保護者氏名カナ"),
        ("事業所番号", "事業所名"),
        ("申立年月", "処理年月"),
    ],
)
def test_opposites_are_not_alike(one: str, other: str) -> None:
    assert likeness(one, other) < 0.5


def test_the_table_of_names_knows_our_columns_and_values_alone() -> None:
    known = tomllib.loads(folder().joinpath("item_names.toml").read_text(encoding="utf-8"))
    labels = {name: set(ledger.labels) for name, ledger in ledgers().items()}
    assert set(known["columns"]) <= set().union(*labels.values())
    assert all(set(columns) <= labels[name] for part in ("in", "meanings") for name, columns in known[part].items())
    for name, columns in known["meanings"].items():
        allowed = {item.label: item.allowed() for item in ledgers()[name].layout.items}
        assert all(not allowed[label] or set(values) - {""} <= set(allowed[label]) for label, values in columns.items())


def test_kana_and_romaji_have_one_spelling() -> None:
    assert roman("ジュキュウシャショウバンゴウ") == roman("jukyūshashō bangō") == roman("Jukyuusya_syou_bangou")
    assert roman("受給者") == "" and roman("けっていび") == "ketteibi"
    assert sound_likeness("shikyuryo", "しきゅうりょう") == 1 and sound_likeness("jusho", "しきゅうりょう") < 0.3
