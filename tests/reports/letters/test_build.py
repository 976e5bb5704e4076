"""The letters of a city from outside: what each facility reads, and what not."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from henrei.data.fictional.records import line
from lib import inputs
from lib.home_history import decide, henrei, last_line
from lib.letters_city import (
    CONTACT,
    HOUSES,
    MAY,
    NAMES,
    OF_A,
    OF_B,
    ONE,
    all_text,
    closed,
    ledgers,
    overlapping,
    pdf_text,
    table,
)

PRIVATE = {  # what must not be in the other's letters
    at: (at, HOUSES[at], child, NAMES[child], "".join(NAMES[child].split()), *NAMES[child].split())
    for at, child in ((inputs.A, OF_A), (inputs.B, OF_B))
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """out/2026-05 of the city after run, inquire and close, where everything was returned; only read by the tests."""
    home = overlapping(tmp_path_factory.mktemp("city"))
    (home / "inbox" / MAY / "K4100000.CSV").write_bytes(inputs.exchange("K41", inputs.sheet(inputs.A, ONE, kind="2")))
    assert henrei(home, "run", MAY) == 0
    assert henrei(home, "inquire", MAY) == 0
    assert henrei(home, "close", MAY, "--undecided", "return") == 0
    return home / "out" / MAY


@pytest.mark.parametrize("facility", [inputs.A, inputs.B])
@pytest.mark.slow
def test_an_overlap_is_in_the_letters_of_both_facilities(out: Path, facility: str) -> None:
    text = pdf_text(out / "notices" / f"{facility}.pdf")
    for part in (
        facility,
        f"{HOUSES[facility]}御中",
        ONE,
        "".join(NAMES[ONE].split()),
        "2026年4月分",
        "放課後等デイサービス",
        "給付費9,000円",
        "DAY201",
        "同じ日に他の通所支援の利用が記録されています（4月1日・4月2日）。",
        "利用していない日を除いた実績記録票と明細書を期日までに再請求してください。",
        "期日2026年6月1日から10日まで",
        "作成区分なし(明細書)",
        "送る書類明細書・実績記録票",
        "".join(CONTACT.split()),
    ):
        assert part in text, part
    first = table(out / "notices" / f"{facility}.xlsx", "返戻", "番号")[0]
    assert (first["種別"], first["受給者証番号"], first["カナ氏名"]) == ("明細書", ONE, NAMES[ONE])
    assert (first["サービス提供年月"], first["給付費"]) == ("2026年4月", 9000)
    assert "DAY201" in str(first["事由コード"])
    assert "4月1日(水)・4月2日(木)" in str(first["該当日"])
    assert (first["期日"], first["作成区分"]) == ("2026年6月1日から10日まで", "なし(明細書)")
    assert str(first["一緒に送る書類"]).startswith("明細書・実績記録票")


@pytest.mark.slow
def test_a_returned_sheet_says_its_kind(out: Path) -> None:
    sheet = next(
        r for r in table(out / "notices" / f"{inputs.A}.xlsx", "返戻", "番号") if r["種別"] == "上限額管理結果票"
    )
    assert (sheet["作成区分"], sheet["一緒に送る書類"], sheet["給付費"]) == ("1 新規", "上限額管理結果票", None)


@pytest.mark.parametrize("kind", ["notices", "inquiries"])
@pytest.mark.slow
def test_nothing_about_each_other(out: Path, kind: str) -> None:
    files = sorted((out / kind).iterdir())
    assert [path.name for path in files] == [
        f"{at}.{suffix}" for at in (inputs.A, inputs.B) for suffix in ("pdf", "xlsx")
    ]
    for path in files:
        text = all_text(path)
        other = inputs.B if path.stem == inputs.A else inputs.A
        assert path.stem in text
        assert not [private for private in PRIVATE[other] if private in text]


@pytest.mark.slow
def test_what_the_federation_wrote_names_nobody_either(out: Path) -> None:
    assert "(他の事業所)(他の事業所)と比べてください" in pdf_text(out / "notices" / f"{inputs.A}.pdf")


@pytest.mark.slow
def test_inquiries_ask_and_leave_room_for_the_answer(out: Path) -> None:
    rows = table(out / "inquiries" / f"{inputs.A}.xlsx", "確認依頼", "番号")
    findings = [row for row in inputs.read_table(out / "findings.csv") if row["facility_no"] == inputs.A]
    assert len(rows) == len(findings)
    assert {row["回答"] for row in rows} == {None}
    overlap = next(row for row in rows if "DAY201" in str(row["事由コード"]))
    assert overlap["該当日"] == "4月1日(水)・4月2日(木)"
    text = pdf_text(out / "inquiries" / f"{inputs.A}.pdf")
    assert text.count("請求のとおり") == len(findings)
    assert "まだ返戻は決まっていません" in text
    assert "".join(CONTACT.split()) in text


@pytest.mark.slow
def test_returns_csv_has_the_columns_of_k721(out: Path) -> None:
    rows = inputs.read_table(out / "returns.csv")
    returned = [row for row in inputs.read_table(out / "outcomes.csv") if row["outcome"] == "返戻"]
    assert [(r["種別"], r["事業所番号"], r["受給者証番号"]) for r in rows] == [
        (r["kind"], r["facility_no"], r["recipient_no"]) for r in returned
    ]
    sheet = next(row for row in rows if row["種別"] == "利")
    claim = next(row for row in rows if row["種別"] == "明" and row["受給者証番号"] == OF_A)
    assert list(claim.items())[:13] == [
        ("交換情報識別番号", "K721"),
        ("帳票レコード種別", "02"),
        ("受付年月", "202605"),
        ("事業所番号", inputs.A),
        ("証記載都道府県等番号", inputs.CITY),
        ("都道府県等名", "試験市"),
        ("受給者証番号", OF_A),
        ("受給者氏名（カナ）", "ﾎｼｿﾞﾗ ﾀﾛｳ"),
        ("種別", "明"),
        ("サービス提供年月", "202604"),
        ("サービス種類", "63"),
        ("単位数", "1000"),
        ("返戻事由コード", "DAY203"),
    ]
    assert claim["返戻事由内容"] == "請求日数と実績記録票の日数が違う"
    assert (sheet["サービス種類"], sheet["単位数"]) == ("", "")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")
def test_the_letters_are_for_their_owner_alone(out: Path) -> None:
    for path in (out / "notices", *(out / "notices").iterdir(), *(out / "inquiries").iterdir(), out / "returns.csv"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.slow
def test_the_other_facility_is_named_if_the_city_says_so(tmp_path: Path) -> None:
    folder = closed(overlapping(tmp_path, "disclose_other_facility = true\n"))
    assert f"関係する事業所{inputs.B}{HOUSES[inputs.B]}" in pdf_text(folder / f"{inputs.A}.pdf")
    assert f"{inputs.A} {HOUSES[inputs.A]}" in str(
        table(folder / f"{inputs.B}.xlsx", "返戻", "番号")[0]["関係する事業所"]
    )


@pytest.mark.slow
def test_what_was_accepted_asks_for_nothing(tmp_path: Path) -> None:
    """B's claims were looked at and paid: what asked for their return is settled, and nothing else is to say."""
    home = overlapping(tmp_path)
    assert henrei(home, "run", MAY) == 0
    assert decide(home, MAY, f"claim,{inputs.A},1,2026-04,return,") == 0
    assert henrei(home, "close", MAY, "--undecided", "accept") == 0
    folder = home / "out" / MAY / "notices"
    assert sorted(path.name for path in folder.iterdir()) == [f"{inputs.A}.pdf", f"{inputs.A}.xlsx"]
    returned, points = (table(folder / f"{inputs.A}.xlsx", name, "番号") for name in ("返戻", "確認していただきたい点"))
    assert [row["受給者証番号"] for row in returned] == [ONE]
    assert [(row["受給者証番号"], row["区分"], row["結果"], row["事由コード"]) for row in points] == [
        (OF_A, "要確認", "決定", "KHR901(EE01)")
    ]


# Each total of the notices, and the question to the findings and outcomes that must have the same answer.
ENDED = "FROM outcomes WHERE facility_no = $facility AND kind = '{}' AND outcome = '{}'"
TOTALS = {
    "返戻した明細書": "SELECT count(*), sum(benefit_yen) " + ENDED.format("明", "返戻"),
    "返戻した上限額管理結果票": "SELECT count(*), NULL " + ENDED.format("利", "返戻"),
    "決定した明細書": "SELECT count(*), sum(benefit_yen) " + ENDED.format("明", "決定"),
    "過誤申立により取り下げた明細書": "SELECT count(*), sum(benefit_yen) " + ENDED.format("明", "取下げ"),
    # All files of this home come from A.
    "取り込めなかった行": f"SELECT count(*), NULL FROM rejects WHERE $facility = '{inputs.A}'",
    "確認していただきたい点": "SELECT count(*), NULL FROM findings WHERE facility_no = $facility"
    " AND severity IN ('review', 'notice')",
}


@pytest.mark.slow
def test_every_total_is_a_question_to_findings_and_outcomes(tmp_path: Path) -> None:
    decided_before = f"明,2026-04,{inputs.A},4,2026-03,決定,7000\r\n"
    petition = f"2026-04,{inputs.A},4,2026-03,4102\r\n"
    usual = ledgers()
    home = overlapping(
        tmp_path, history=usual["history"] + decided_before, petitions=inputs.LEDGERS["petitions"] + petition
    )
    inbox = home / "inbox" / MAY
    claims = [
        inputs.claim(inputs.A, ONE),
        inputs.claim(inputs.B, ONE),
        inputs.claim(inputs.A, OF_A, days=3),
        inputs.claim(inputs.A, OF_B, cap="X"),
    ]
    (inbox / "K1100000.CSV").write_bytes(inputs.exchange("K11", *claims))
    (inbox / "K4100000.CSV").write_bytes(inputs.exchange("K41", inputs.sheet(inputs.A, ONE, kind="2")))
    assert henrei(home, "run", MAY) == 0
    assert decide(home, MAY, f"claim,{inputs.A},2,2026-04,accept,") == 0
    assert henrei(home, "close", MAY, "--undecided", "return") == 0
    out = home / "out" / MAY
    con = duckdb.connect()
    for name in ("outcomes", "findings", "rejects"):
        con.execute(f"CREATE TABLE {name} AS FROM read_csv('{out / name}.csv', all_varchar = true)")
    con.execute("ALTER TABLE outcomes ALTER benefit_yen TYPE BIGINT")
    seen = dict.fromkeys(TOTALS, 0)
    for facility in (inputs.A, inputs.B):
        totals = {str(row["区分"]): row for row in table(out / "notices" / f"{facility}.xlsx", "お知らせ", "区分")}
        assert totals.keys() == TOTALS.keys()
        text = pdf_text(out / "notices" / f"{facility}.pdf")
        for label, question in TOTALS.items():
            count, yen = con.execute(question, {"facility": facility}).fetchall()[0]
            assert totals[label]["件数"] == count, label
            assert (totals[label]["給付費(円)"] or 0) == (yen or 0), label
            assert f"{label}{count}" in text
            seen[label] += count
    assert min(seen.values()) > 0, seen
    assert seen["取り込めなかった行"] == 5  # the claim of five records goes as a whole
    rows = table(out / "notices" / f"{inputs.A}.xlsx", "取り込めなかった行", "ファイル")
    assert [(row["ファイル"], row["行数"], row["記録"]) for row in rows] == [
        ("K1100000.CSV", 1, "明細書"),
        ("K1100000.CSV", 4, "明細書"),
    ]
    assert "利用者負担上限月額" in str(rows[0]["項目"])
    assert "(値: X)" in str(rows[0]["理由"])
    assert rows[0]["送り直す期日"] == "2026年6月1日から10日まで"


HOSTILE = "=1+1 #pagebreak() $x$ *b* _i_ `c` @r <l> \\ //"


@pytest.mark.slow
def test_text_stays_text(tmp_path: Path) -> None:
    """No formula in a workbook, no markup in a PDF."""
    names = {ONE: f"{HOSTILE}1", OF_A: "+A", OF_B: "@B"}
    houses = {inputs.A: HOSTILE, inputs.B: "-#set text(size: 99pt)"}
    folder = closed(overlapping(tmp_path, **ledgers(names, houses)))
    bare = "".join(HOSTILE.split())
    text = pdf_text(folder / f"{inputs.A}.pdf")
    assert f"{bare}御中" in text
    assert f"{bare}1" in text
    assert "-#settext(size:99pt)御中" in pdf_text(folder / f"{inputs.B}.pdf")
    names_shown = [row["カナ氏名"] for row in table(folder / f"{inputs.A}.xlsx", "返戻", "番号")]
    assert names_shown == [f"{HOSTILE}1", "+A"]
    assert "<f>" not in all_text(folder / f"{inputs.A}.xlsx")
    rows = inputs.read_table(folder.parent / "returns.csv")
    assert {row["受給者氏名（カナ）"][0] for row in rows} == {"'"}


@pytest.mark.slow
def test_letters_follow_the_month_and_nothing_is_left_of_earlier_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = overlapping(tmp_path)
    folder = closed(home)
    assert f"事業所へのお知らせ 2事業所: {folder}" in capsys.readouterr().out
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert henrei(home, "inquire", MAY) == 2
    assert "締め済みです" in last_line(capsys)
    (folder / "1350000009.pdf").write_bytes(b"old")
    assert henrei(home, "reopen", MAY) == 0
    assert not folder.exists()
    assert not (folder.parent / "returns.csv").exists()
    asked = folder.parent / "inquiries"
    asked.mkdir()
    (asked / "1350000009.pdf").write_bytes(b"old")
    assert henrei(home, "inquire", MAY) == 0
    assert sorted(path.stem for path in asked.glob("*.pdf")) == [inputs.A, inputs.B]
    assert henrei(home, "close", MAY, "--undecided", "return") == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


@pytest.mark.slow
def test_an_open_file_is_named_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = overlapping(tmp_path)
    assert henrei(home, "run", MAY) == 0
    assert henrei(home, "inquire", MAY) == 0
    folder = home / "out" / MAY / "inquiries"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    usual = Path.open

    def held(path: Path, mode: str = "r", *more: object, **named: object) -> object:
        if path.name == f"{inputs.B}.pdf" and mode == "ab":
            raise PermissionError(13, "held")
        return usual(path, mode, *more, **named)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", held)
        assert henrei(home, "inquire", MAY) == 2
    assert f"{inputs.B}.pdf に書けません。Excelなどで開いていれば閉じて" in last_line(capsys)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    # What blocks the place of the notices keeps the month open.
    (home / "out" / MAY / "notices" / f"{inputs.A}.pdf").mkdir(parents=True)
    assert henrei(home, "close", MAY, "--undecided", "return") == 2
    assert "に書けません" in last_line(capsys)
    assert not (home / "books" / MAY / "outcomes.csv").exists()


@pytest.mark.slow
def test_a_month_with_nothing_to_say_sends_nothing(tmp_path: Path) -> None:
    folder = closed(inputs.make_home(tmp_path / "home", inputs.right_month()))
    assert list(folder.iterdir()) == []
    assert inputs.read_table(folder.parent / "returns.csv") == []


@pytest.mark.slow
def test_what_the_federation_returned_has_its_own_reason(tmp_path: Path) -> None:
    home = overlapping(tmp_path)
    items = {
        3: "202605",
        4: inputs.A,
        5: inputs.CITY,
        6: "試験市",
        7: OF_A,
        8: "ﾎｼｿﾞﾗ",
        9: "明",
        10: "202604",
        11: "63",
        12: 1000,
    }
    reason = {13: "EG02", 14: f"台帳を確かめてください（{HOUSES[inputs.B]}）"}
    (home / "inbox" / MAY / "K7200000.CSV").write_bytes(
        inputs.exchange("K72", [line("K721-02", {**items, **reason}, False)])
    )
    folder = closed(home, "accept")
    returned = table(folder / f"{inputs.A}.xlsx", "返戻", "番号")
    assert [row["受給者証番号"] for row in returned] == [OF_A]
    text = pdf_text(folder / f"{inputs.A}.pdf")
    assert "国保連の審査により返戻となりました。台帳を確かめてください（(他の事業所)）" in text
    assert [row["返戻事由コード"] for row in inputs.read_table(folder.parent / "returns.csv")] == ["DAY203;EG02"]
