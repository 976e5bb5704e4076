"""What is wrong with a month's inputs: the worst first, each in one line with its own remedy; of a clean month nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from henrei.flows import causes
from henrei.flows.causes import Inputs
from henrei.flows.inbox import stray_exchange_files, stray_ledgers
from henrei.flows.ledger_account import Fault, LedgerAccount
from henrei.flows.settings import load
from henrei.home import Home
from henrei.schemas.ledgers import ledgers
from lib import inputs

MAY = date(2026, 5, 1)
AGAIN = "henrei run 2026-05 をやり直してください"


def account(name: str = "grants", **more: Any) -> LedgerAccount:
    usual = {"file": f"{name}.csv", "folder": "inbox/2026-05", "present": True, "rows": 100}
    return LedgerAccount(name, ledgers()[name].title, f"{name}.csv", **{**usual, **more})


def missing(name: str = "grants", **more: Any) -> LedgerAccount:
    return LedgerAccount(name, ledgers()[name].title, f"{name}.csv", **more)


def inputs_of(*accounts: LedgerAccount, **more: Any) -> Inputs:
    usual: dict[str, Any] = {"enabled": 80, "unjudged": {}, "files": [], "faults": {}, "braked": []}
    return Inputs(MAY, accounts=list(accounts), **{**usual, **more})


def lines(given: Inputs) -> list[str]:
    return [cause.line for cause in causes.causes(given)]


def file(name: str, kind: str = "K11", lines: int = 100, refused: int = 0) -> dict[str, Any]:
    return {"file": name, "kind": kind, "lines": lines, "refused": refused}


def test_of_a_month_of_which_everything_was_read_there_is_nothing() -> None:
    assert lines(inputs_of(*(account(name) for name in ledgers()), files=[file("K1100000.CSV")])) == []


def test_checks_without_history_alone_are_no_fault_of_the_inputs() -> None:
    assert lines(inputs_of(account(), unjudged={"SUB401": "審査履歴がありません"})) == []


def test_absent_ledgers_are_one_line_with_the_checks_that_they_stop() -> None:
    given = inputs_of(missing(), account("recipients"), unjudged={"CRT102": "…", "CRT103": "…", "SUB401": "…"})
    assert lines(given) == [
        "80の確認のうち3を判定していません(ない台帳: 支給決定(grants.csv))。"
        f"台帳を inbox/2026-05/ か ledgers/ に置き、{AGAIN}"
    ]
    assert causes.causes(given)[0].grave


def test_a_ledger_that_stops_no_check_is_named_without_them() -> None:
    given = inputs_of(missing("petitions"))
    assert lines(given) == [
        f"ない台帳: 過誤申立(petitions.csv)。台帳を inbox/2026-05/ か ledgers/ に置き、{AGAIN}"
        "(petitions.csv は、1件もない月なら見出しだけを inbox/2026-05/ に)"
    ]


def test_files_in_a_wrong_place_are_named_where_a_ledger_is_absent() -> None:
    stray = missing(stray=("inbox/grants.csv",)), missing("plans", stray=("inbox/2026_05/plans.csv",))
    [line] = lines(inputs_of(*stray))
    assert line.endswith(
        f"。inbox/grants.csv、inbox/2026_05/plans.csv は読みません。inbox/2026-05/ か ledgers/ に移し、{AGAIN}"
    )


def test_a_ledger_with_only_its_header_says_so() -> None:
    [line] = lines(inputs_of(account(present=False, rows=0)))
    assert line.startswith("ない台帳: 支給決定(grants.csv):見出しだけ。")


@pytest.mark.parametrize(("refused", "grave"), [(5, False), (6, True)])
def test_more_than_a_twentieth_of_the_rows_is_grave(refused: int, grave: bool) -> None:
    fault = Fault(refused, 7, "支給決定終了日", "「支給決定終了日」は日付です", "99999999")
    [cause] = causes.causes(inputs_of(account(refused=refused, faults=(fault,))))
    assert cause.grave is grave
    assert cause.text.startswith(f"支給決定(grants.csv)の100行のうち{refused}行")
    assert cause.text.endswith(f"が読めません(7行目など{refused}行: 「支給決定終了日」は日付です、今は「99999999」)")
    assert cause.remedy == (
        f'台帳を出し直すか henrei.toml の [ledgers.values.grants."支給決定終了日"] に読みかえを書き、{AGAIN}'
    )


def test_words_in_place_of_codes_name_the_setting_that_translates_them() -> None:
    fault = Fault(90, 2, "計画区分", "「計画区分」が 1・2 のどれでもありません", "セルフ", ("1", "2"))
    [cause] = causes.causes(inputs_of(account("plans", refused=90, faults=(fault,))))
    assert cause.remedy == (
        f'henrei.toml の [ledgers.values.plans."計画区分"] に "セルフ" = "1" のように読みかえを書き、{AGAIN}'
    )
    name = Fault(90, 2, "計画区分", "「計画区分」が 1・2 のどれでもありません", "(文字)", ("1", "2"))
    [cause] = causes.causes(inputs_of(account("plans", refused=90, faults=(name,))))
    assert '"台帳の書き方" = "1"' in cause.remedy


def test_a_ledger_refused_whole_has_its_own_sentence() -> None:
    sentence = "支給決定に列「支給量」がありません。見出しを直してください"
    [cause] = causes.causes(inputs_of(account(present=False, missing=sentence), unjudged={"CRT102": "…"}))
    assert cause.line == (
        f"80の確認のうち1を判定していません。支給決定(grants.csv)を読めません: {sentence}。直したら {AGAIN}"
    )


def test_the_worst_comes_first() -> None:
    """A few unjudged checks come after a ledger of which most is lost; a third of all checks comes before it."""
    spoilt, absent = account("recipients", refused=92), missing()
    few = inputs_of(spoilt, absent, unjudged={"CRT102": "…"})
    assert [line[:8] for line in lines(few)] == ["受給者台帳(re", "80の確認のうち"]
    many = inputs_of(spoilt, absent, enabled=3, unjudged={"CRT102": "…"})
    assert [line[:8] for line in lines(many)] == ["3の確認のうち1", "受給者台帳(re"]


@pytest.mark.parametrize(("unjudged", "hardly"), [(26, False), (27, True)])
def test_a_third_of_the_checks(unjudged: int, hardly: bool) -> None:
    given = inputs_of(missing(), unjudged={f"X{n}": "…" for n in range(unjudged)}, enabled=80)
    assert given.hardly_judged is hardly


def test_a_broken_file_is_a_line_each_and_more_of_them_a_number() -> None:
    broken = [file(f"K61{n:05}.CSV", "broken") for n in range(causes.MOST_FILES + 2)]
    faults = {one["file"]: (5, "ファイル全体を取り込みません(5行目: 番号が続いていません)") for one in broken}
    found = lines(inputs_of(files=broken, faults=faults))
    assert found[0] == (
        "K6100000.CSV: ファイル全体を取り込みません(5行目: 番号が続いていません)。"
        f"送り直しを受け取って入れ替え、{AGAIN}"
    )
    assert len(found) == causes.MOST_FILES + 1
    assert found[-1] == "全体を取り込めないファイルがほかに2あります。rejects.csv を見てください"


def test_refused_lines_of_an_exchange_file_come_last_and_those_of_ledgers_are_not_said_twice() -> None:
    files = [file("K1100000.CSV", refused=3), file("grants.csv", "grants", refused=1)]
    fault = Fault(1, 9, "支給量", "「支給量」は日数です")
    given = inputs_of(
        account(refused=1, faults=(fault,)), files=files, faults={"K1100000.CSV": (12, "「月」がありません")}
    )
    assert lines(given) == [
        f"支給決定(grants.csv)の100行のうち1行が読めません(9行目など1行: 「支給量」は日数です)。台帳を直し、{AGAIN}",
        "K1100000.CSV の100行のうち3行を取り込めません(最初は12行目: 「月」がありません)。"
        "rejects.csv の行を直して送り直してもらってください",
    ]


def test_rows_of_nobody_and_braked_checks_are_said() -> None:
    given = inputs_of(account(of_nobody=2), braked=["CRT101", "CRT102"])
    assert lines(given) == [
        f"支給決定(grants.csv): 2行は誰(どこ)の行かも読めないため、この台帳による返戻相当の指摘を要確認に下げます。台帳を直し、{AGAIN}",
        "CRT101・CRT102 は多くの請求に当たったため要確認に下げました(台帳が古い可能性)。台帳が新しいか確かめてください",
    ]


def test_before_a_run_the_ledgers_say_what_cannot_be_judged(tmp_path: Path) -> None:
    settings = load(Home(inputs.make_home(tmp_path, {}, {})))
    given = causes.before_run(MAY, settings, [account(), *(missing(n) for n in ledgers() if n != "grants")])
    [line] = lines(given)
    assert f"{given.enabled}の確認のうち{len(given.unjudged)}を判定できません(ない台帳: 受給者台帳(" in line
    assert "henrei run 2026-05 を実行してください" in line
    assert given.unjudged["CRT101"] == "受給者台帳(recipients.csv)がありません" and "CRT102" not in given.unjudged


def put(path: Path, text: str = "a\r\nb\r\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def test_files_that_no_run_of_the_month_looks_at(tmp_path: Path) -> None:
    home = Home(inputs.make_home(tmp_path, inputs.right_month(), {}))
    settings = load(home)
    for place in ("", "inbox", "inbox/202605", "inbox/2026-06", "ledgers/2026-05"):
        put(tmp_path / place / "grants.csv")
    for place in ("ledgers", "inbox/2026-05", "inbox/2026-04", "books/2026-05/ledgers", "out"):
        put(tmp_path / place / "plans.csv")
    put(tmp_path / "inbox" / "facilities.csv", "only,a,header\r\n")
    assert stray_ledgers(home, MAY, settings) == {
        "grants": ["grants.csv", "inbox/2026-06/grants.csv", "inbox/202605/grants.csv", "inbox/grants.csv",
                   "ledgers/2026-05/grants.csv"]
    }  # fmt: skip
    for place in ("inbox/K1100000.CSV", "inbox/202605/K1100001.CSV", "inbox/2026-06/K1100002.CSV", "K1100003.CSV"):
        put(tmp_path / place, inputs.right_month()["K1100000.CSV"].decode("cp932"))
    put(tmp_path / "inbox" / "memo.csv", "日付,内容\r\n")
    assert stray_exchange_files(home, MAY, settings) == ["inbox/202605/K1100001.CSV", "inbox/K1100000.CSV"]
    assert [cause.line for cause in causes.on_disk(home, MAY, settings)] == [
        "inbox/202605/K1100001.CSV、inbox/K1100000.CSV は読みません。inbox/2026-05/ に移してください"
    ]


@pytest.mark.parametrize(("days", "old"), [(62, False), (63, True)])
def test_a_ledger_is_old_after_two_months_but_for_the_codes(days: int, old: bool) -> None:
    """By the end of the review month, so that a month that is looked at again years later has no older ledgers."""
    end = date(2026, 5, 31)
    changed = date.fromordinal(end.toordinal() - days)
    for today in (end, date(2027, 5, 31)):
        ages = [(account(), changed), (account("service_codes"), changed)]
        found = [cause.text for cause in causes.old_ledgers(ages, MAY, today)]
        assert found == ([f"支給決定(grants.csv)は{(today - changed).days}日前のものです"] if old else [])
