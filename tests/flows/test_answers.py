"""answers: what comes back from facilities is taken as it was sent, refused by name, kept, and can be taken back."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from henrei.files import sha256
from henrei.flows.contact import NO_TELEPHONE
from henrei.flows.recovery import recover
from henrei.home import Home
from henrei.reports.letters.encryption import Passwords
from henrei.store import answers, journal, pending
from lib import inputs
from lib.answered import CHOICE, SHEET, TEXT, WHO, as_sent, asked_home, fill, letter, table, take
from lib.home_history import henrei, last_line
from lib.letters_city import MAY, NAMES
from lib.made_once import made_once
from lib.workbook import fill as fill_worklist
from lib.workbook import rows
from lib.worklist_data import MAY as MONTH


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city of two facilities after run and inquire; to be read only. A was asked four questions, B three."""
    return made_once(tmp_path_factory, "asked", asked_home)


@pytest.fixture
def home(asked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(asked, tmp_path / "home"))


def kept(home: Path) -> list[tuple[str, int, str, str, str]]:
    """The answers that stand: facility, number of the question, choice, text, who."""
    current = answers.current(answers.read_answers(Home(home), MONTH))
    return current.select("facility_no", "number", "choice", "text", "answered_by").rows()


@pytest.mark.slow
def test_answers_are_taken_with_who_and_when(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = fill(letter(home), tmp_path / "a.xlsx", {**as_sent(2, "9/4は1人"), 3: {CHOICE: "誤りがある"}})
    other = fill(letter(home, inputs.B), tmp_path / "b.xlsx", {1: {TEXT: "電話で", WHO: datetime(2026, 9, 10)}})
    assert take(home, one, other) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a.xlsx: 4問のうち2問の回答を取り込みました",
        "b.xlsx: 3問のうち1問の回答を取り込みました",
    ]
    assert kept(home) == [
        (inputs.A, 2, "請求のとおり", "9/4は1人", "9/10 佐藤"),
        (inputs.A, 3, "誤りがある", "", ""),
        (inputs.B, 1, "", "電話で", "2026-09-10"),
    ]
    rows = answers.read_answers(Home(home), MONTH)
    assert rows.height == 7  # the questions that were left empty, too
    assert set(rows["file"]) == {"a.xlsx", "b.xlsx"} and rows["read_by"].n_unique() == 1
    assert rows.filter(pl.col("number") == 2)["subjects"].unique().to_list() == ["claim:0000000001:2026-04"]
    assert answers.counts(Home(home), MONTH) == (2, 2)
    entry = journal.read(Home(home))[-1]
    assert (entry["command"], entry["outcome"]) == ("answers", {"files": 2, "answers": 3, "refused": 0})
    said = (home / "books" / "journal.jsonl").read_text(encoding="utf-8")
    assert not [private for private in (inputs.A, "a.xlsx", *NAMES, *NAMES.values()) if private in said]


@pytest.mark.slow
def test_of_a_facilitys_workbooks_the_one_given_last_stands(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = fill(letter(home), tmp_path / "first.xlsx", {**as_sent(1), **as_sent(2)})
    second = fill(letter(home), tmp_path / "second.xlsx", {1: {CHOICE: "誤りがある"}})
    assert take(home, first) == take(home, second) == 0
    assert kept(home) == [(inputs.A, 1, "誤りがある", "", "")]
    assert "※ second.xlsx: 前の回答のうち1問が、このファイルでは空欄です" in capsys.readouterr().out
    assert take(home, second) == 0
    assert capsys.readouterr().out == "second.xlsx: 取り込み済みです(同じファイル)\n"
    assert henrei(home, "answers", MAY, "--remove", inputs.A) == 0
    assert "前の回答2問に戻りました" in capsys.readouterr().out
    assert [row[1:3] for row in kept(home)] == [(1, "請求のとおり"), (2, "請求のとおり")]
    assert henrei(home, "answers", MAY, "--remove", inputs.A) == 0
    assert "この事業所の回答はなくなりました" in capsys.readouterr().out
    assert kept(home) == [] and answers.counts(Home(home), MONTH) == (2, 0)
    assert henrei(home, "answers", MAY, "--remove", inputs.A) == 2
    assert last_line(capsys) == "その事業所の回答は 2026-05 に取り込んでいません。事業所番号(10桁)を確かめてください"


@pytest.mark.slow
def test_a_letter_that_an_earlier_version_sent_is_taken(home: Path, tmp_path: Path) -> None:
    """The label over what the facility is asked to do was another one; the digests are those that were sent."""
    path = fill(letter(home), tmp_path / "a.xlsx", as_sent(2))
    book = openpyxl.load_workbook(path)
    sheet, row, names = table(book)
    sheet.cell(row, names.index("お願いすること") + 1, "誤りがあった場合や返戻となった場合")
    book.save(path)
    assert take(home, path) == 0
    assert [row[1:3] for row in kept(home)] == [(2, "請求のとおり")]


@pytest.mark.slow
def test_in_one_call_the_later_file_is_the_newer(home: Path, tmp_path: Path) -> None:
    one = fill(letter(home), tmp_path / "z.xlsx", {1: {TEXT: "一"}})
    two = fill(letter(home), tmp_path / "a.xlsx", {1: {TEXT: "二"}})
    assert take(home, one, two) == 0
    assert [row[3] for row in kept(home)] == ["二"]
    assert answers.read_answers(Home(home), MONTH)["file"].unique(maintain_order=True).to_list() == ["z.xlsx", "a.xlsx"]


@pytest.mark.slow
def test_a_worklist_and_an_empty_letter_are_refused_and_the_good_file_is_taken(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = fill(letter(home), tmp_path / "good.xlsx", as_sent(1))
    assert take(home, home / "out" / MAY / "worklist.xlsx", good, letter(home, inputs.B)) == 2
    shown = capsys.readouterr()
    assert shown.out.splitlines() == ["good.xlsx: 4問のうち1問の回答を取り込みました"]
    assert shown.err.splitlines() == [
        "worklist.xlsx は決定の一覧です。henrei decide で取り込んでください",
        f"{inputs.B}.xlsx には回答が一つも書かれていません。「回答」の列に書いて返してもらってください",
    ]
    assert len(kept(home)) == 1
    assert journal.read(Home(home))[-1]["outcome"] == {"files": 1, "answers": 1, "refused": 2}


@pytest.mark.slow
def test_rows_moved_and_columns_added_hidden_and_merged_are_read(home: Path, tmp_path: Path) -> None:
    path = fill(letter(home), tmp_path / "x.xlsx", {**as_sent(1, "一"), **as_sent(4, "四")})
    book = openpyxl.load_workbook(path)
    sheet, head, names = table(book)
    body = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    for at, values in enumerate(reversed(body)):  # sorted the other way round
        for place, value in enumerate(values, start=1):
            sheet.cell(head + 1 + at, place).value = value
    recipients = names.index("受給者証番号") + 1
    sheet.cell(head + 1, recipients, int(str(sheet.cell(head + 1, recipients).value)))  # the zeros are gone
    sheet.insert_cols(3)
    sheet.cell(head, 3, "担当")
    sheet.column_dimensions["D"].hidden = True
    sheet.insert_rows(2)
    sheet.merge_cells("A1:F1")
    sheet.title = "回答済"
    other = book.create_sheet("メモ", 0)
    other["A1"] = "下書き"
    book.save(path)
    assert take(home, path) == 0
    assert [(row[1], row[3]) for row in kept(home)] == [(1, "一"), (4, "四")]


@pytest.mark.slow
def test_words_outside_the_table_are_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = fill(letter(home), tmp_path / "x.xlsx", as_sent(1))
    book = openpyxl.load_workbook(path)
    book[SHEET]["A20"] = "よろしくお願いします"
    book.save(path)
    assert take(home, path) == 0
    assert "※ x.xlsx:20 表の外に書かれた文は取り込んでいません。見ておいてください" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    "written, read", [(" 請求の とおり ", "請求のとおり"), ("はい\r\n", "はい"), (3.0, "3"), (True, "True")]
)
def test_a_choice_is_what_was_written(home: Path, tmp_path: Path, written: object, read: str) -> None:
    assert take(home, fill(letter(home), tmp_path / "x.xlsx", {1: {CHOICE: written}})) == 0
    assert [row[2] for row in kept(home)] == [read]


@pytest.mark.slow
def test_a_folder_and_a_pattern_stand_for_the_workbooks_in_it(home: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    fill(letter(home), back / "a.xlsx", as_sent(1))
    fill(letter(home, inputs.B), back / "b.xlsx", as_sent(1))
    (back / "~$a.xlsx").write_bytes(b"held by Excel")
    assert take(home, back) == 0
    assert answers.counts(Home(home), MONTH) == (2, 2)
    assert take(home, back / "*.xlsx") == 0


@pytest.mark.slow
def test_what_was_asked_before_may_still_be_answered(home: Path, tmp_path: Path) -> None:
    """The letter of the first inquire comes back after a second one with other questions."""
    first = fill(letter(home), tmp_path / "first.xlsx", as_sent(3, "前の問い"))
    sent = answers.read_sent(Home(home), MONTH)
    claims = [
        group
        for at in (inputs.A, inputs.B)
        for group in (inputs.claim(at, "0000000001"), inputs.attendance(at, "0000000001"))
    ]
    (home / "inbox" / MAY / "K1100000.CSV").write_bytes(inputs.exchange("K11", *claims[::2]))
    for path in (home / "inbox" / MAY).glob("K1*.CSV"):
        if path.name != "K1100000.CSV":
            path.unlink()
    assert henrei(home, "run", MAY) == henrei(home, "inquire", MAY) == 0
    after = answers.read_sent(Home(home), MONTH)
    assert after.height > sent.height and after.head(sent.height).equals(sent)
    assert take(home, first) == 0
    assert kept(home) == [(inputs.A, 3, "請求のとおり", "前の問い", "9/10 佐藤")]
    second = fill(letter(home), tmp_path / "second.xlsx", as_sent(1))
    assert take(home, second) == 0
    assert (inputs.A, 3, "請求のとおり", "前の問い", "9/10 佐藤") in kept(home)  # the second letter does not ask this
    shutil.rmtree(home / "out")
    assert take(home, fill(first, tmp_path / "third.xlsx", {1: {TEXT: "もう一度"}})) == 0


@pytest.mark.slow
def test_the_same_letter_again_is_kept_once(home: Path) -> None:
    before = answers.sent_path(Home(home), MONTH).read_bytes()
    assert henrei(home, "inquire", MAY) == 0
    assert answers.sent_path(Home(home), MONTH).read_bytes() == before


@pytest.mark.slow
def test_a_month_that_is_closed_or_was_not_asked(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fill(letter(home), tmp_path / "x.xlsx", as_sent(1))
    sent = answers.sent_path(Home(home), MONTH)
    sent.rename(tmp_path / "sent")
    assert take(home, path) == 2
    assert last_line(capsys) == (
        "2026-05 の確認依頼を作っていません。先に henrei inquire 2026-05 を実行し、その Excel を送ってください"
    )
    (tmp_path / "sent").rename(sent)
    assert henrei(home, "close", MAY, "--undecided", "accept") == 0
    closed = "2026-05 は締め済みです。直すときは henrei reopen 2026-05 で締めを取り消してください"
    assert take(home, path) == 2
    assert last_line(capsys) == closed
    assert henrei(home, "answers", MAY, "--remove", inputs.A) == 2
    assert last_line(capsys) == closed


@pytest.mark.parametrize("given", [[], ["x.xlsx", "--remove", inputs.A]])
def test_files_or_a_facility(asked: Path, capsys: pytest.CaptureFixture[str], given: list[str]) -> None:
    assert henrei(asked, "answers", MAY, *given) == 2
    assert "返ってきた確認依頼のファイルか --remove のどちらか" in last_line(capsys)


@pytest.mark.parametrize("step_made", [True, False])
def test_answers_that_were_cut_off_are_finished_or_forgotten(home: Path, step_made: bool) -> None:
    there = Home(home)
    entry = journal.entry("answers", MONTH, outcome={"files": 1})
    data = answers.read_answers(there, MONTH).write_csv().encode("utf-8")
    pending.begin(there, entry, sha256(data))
    if step_made:
        answers.answers_path(there, MONTH).write_bytes(data)
    said = recover(there)
    assert said == (
        "前回途中で止まった answers 2026-05 の残りを仕上げました"
        if step_made
        else "前回の answers 2026-05 は途中で止まり、何も変えていません。必要ならもう一度実行してください"
    )
    assert (journal.read(there)[-1]["id"] == entry["id"]) is step_made


def test_an_inquiry_that_was_cut_off_after_it_was_kept_is_published(home: Path) -> None:
    from henrei.publication import INQUIRIES

    there = Home(home)
    INQUIRIES.stage(there.out(MONTH), [("inquiries/x.pdf", b"new")])
    entry = journal.entry("inquire", MONTH, outcome={"facilities": 1})
    pending.begin(there, entry, sha256(answers.sent_path(there, MONTH).read_bytes()))
    assert recover(there) == "前回途中で止まった inquire 2026-05 の残りを仕上げました"
    assert [path.name for path in (there.out(MONTH) / "inquiries").iterdir()] == ["x.pdf"]


LOCKED = (
    "{} はパスワードで守られていて開けません。パスワードを外して保存し直すか、"
    "事業所に渡したパスワードで保存してもらってください"
)


def protected(home: Path) -> Passwords:
    """The home's letters are protected from now on."""
    (home / "passwords.csv").write_text(
        f"事業所番号,パスワード\r\n{inputs.A},nijiiro-1\r\n{inputs.B},komorebi-2\r\n", encoding="utf-8", newline=""
    )
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('passwords = "passwords.csv"\n')
    return Passwords.read(home / "passwords.csv")


@pytest.mark.slow
def test_a_protected_workbook_opens_with_its_facilitys_password(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = fill(letter(home), tmp_path / "plain.xlsx", as_sent(1)).read_bytes()
    passwords = protected(home)
    named, unnamed, foreign = (tmp_path / name for name in (f"{inputs.A}.xlsx", "回答.xlsx", "別.xlsx"))
    named.write_bytes(passwords.workbook(inputs.A, plain))
    unnamed.write_bytes(passwords.workbook(inputs.B, fill(letter(home, inputs.B), unnamed, as_sent(1)).read_bytes()))
    foreign.write_bytes(Passwords({inputs.A: "another"}, "x").workbook(inputs.A, plain))
    assert take(home, named, unnamed) == 0
    assert answers.counts(Home(home), MONTH) == (2, 2)
    assert take(home, foreign) == 2
    shown = capsys.readouterr()
    assert shown.err.strip().splitlines()[-1] == LOCKED.format("別.xlsx")
    assert not [password for password in ("nijiiro-1", "komorebi-2") if password in shown.out + shown.err]


def test_without_a_table_of_passwords_a_protected_workbook_is_refused(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(Passwords({inputs.A: "secret"}, "x").workbook(inputs.A, letter(asked).read_bytes()))
    assert take(asked, path) == 2
    assert last_line(capsys) == LOCKED.format("x.xlsx")


@pytest.mark.slow
def test_the_list_is_written_anew_and_what_was_typed_is_in_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = home / "out" / MAY
    typed = fill_worklist(out / "worklist.xlsx", tmp_path / "typed.xlsx", {2: {"備考": "電話した"}})
    shutil.copy(typed, out / "worklist.xlsx")
    assert take(home, fill(letter(home), tmp_path / "a.xlsx", as_sent(1, "一"))) == 0
    carried = "※ worklist.xlsx に書いて取り込んでいない1件は、新しい一覧に「未取込」として移しました"
    assert carried in capsys.readouterr().out
    listed = rows(out / "worklist.xlsx", "電話・やりとり")
    assert [(row["事業所番号"], row["期限"], row["回答"].split()[-1]) for row in listed] == [
        (inputs.A, "5/13", "4問のうち1問"),
        (inputs.B, "5/13", "まだ(3問)"),
    ]
    assert take(home, fill(letter(home), tmp_path / "b.xlsx", as_sent(2))) == 0
    first = rows(out / "worklist.xlsx", "1 決定")[0]
    assert (first["備考"], first["取込"]) == ("電話した", "未取込")
    assert not list(out.glob("worklist-kept-*.xlsx"))


@pytest.mark.slow
def test_while_the_list_is_open_the_new_one_lies_beside_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = home / "out" / MAY
    before = (out / "worklist.xlsx").read_bytes()
    path = fill(letter(home), tmp_path / "a.xlsx", as_sent(1))
    with monkeypatch.context() as patch:
        patch.setattr("henrei.files.is_open_elsewhere", lambda file: file.name == "worklist.xlsx")
        assert take(home, path) == 0
    assert "worklist.xlsx が開いているため、新しい一覧は worklist-新.xlsx に書きました" in capsys.readouterr().out
    assert (out / "worklist.xlsx").read_bytes() == before
    assert rows(out / "worklist-新.xlsx", "電話・やりとり")[0]["回答の内容"]
    assert henrei(home, "answers", MAY, "--remove", inputs.A) == 0
    assert not (out / "worklist-新.xlsx").exists()
    assert not rows(out / "worklist.xlsx", "電話・やりとり")[0]["回答の内容"]


@pytest.mark.slow
def test_without_a_telephone_inquire_says_so_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml = home / "henrei.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("049-000-0000", ""), encoding="utf-8")
    assert henrei(home, "inquire", MAY) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"※ {NO_TELEPHONE}"
