"""Rows of several clerks come into one book: no decision overturned unsaid, no text lost, in whatever order files come."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from henrei.flows.decisions.merge import JOINT, TEXTS, Entry, Merged, Row, entries_of, merge, rows_of

KEY = ("claim", "1350000001", "0000000001", "2026-04")
OTHER = ("sheet", "1350000001", "0000000002", "2026-04")
AT, WHO = "2026-05-14T10:00:00+09:00", "sato"
PAID = Entry(decision="accept", file="佐藤.xlsx", at=AT, who=WHO)


def row(decision: str, handed_out: str | None = "", file: str = "鈴木.xlsx", **texts: str) -> Row:
    """A row of a worklist that was handed out without texts."""
    base = dict.fromkeys(texts, "")
    return Row(KEY, f"{file}:2", decision, texts, base, handed_out, fingerprint="f", file=file)


def merged(entry: Entry, *rows: Row) -> Merged:
    return merge({KEY: entry} if entry != Entry() else {}, rows, "now", "suzuki")


@pytest.mark.parametrize(
    ("entry", "given_row", "decision", "conflicts"),
    [
        (Entry(), row("return"), "return", 0),  # the first
        (PAID, row("return", "accept"), "return", 0),  # who saw the other decision changes it
        (PAID, row("return", ""), "accept", 1),  # who did not see it does not
        (PAID, row("return", "hold"), "accept", 1),
        (PAID, row("accept", ""), "accept", 0),  # two of one mind
        (PAID, row("", "accept"), "accept", 0),  # an emptied cell
        (PAID, row("accept", "return"), "accept", 0),
        (Entry(), row("return", "accept"), "", 1),  # the decision that was seen fell with its claim
        (PAID, row("return", None), "return", 0),  # a file that does not say what it saw
    ],
)
def test_a_decision_is_made_against_the_one_that_was_seen(
    entry: Entry, given_row: Row, decision: str, conflicts: int
) -> None:
    after = merged(entry, given_row)
    assert (after.book.get(KEY, Entry()).decision, len(after.conflicts)) == (decision, conflicts)


def test_a_decision_carries_where_it_came_from_and_the_first_of_two_alike_stays() -> None:
    after = merged(Entry(), row("return"), row("return", file="田中.xlsx"))
    assert after.book[KEY] == Entry("return", fingerprint="f", file="鈴木.xlsx", at="now", who="suzuki")
    assert after.decided == {KEY}


def test_a_file_that_does_not_say_what_it_saw_counts_against_the_book_before_the_call() -> None:
    both = merged(Entry(), row("return", None, "a.csv"), row("accept", None, "b.csv"))
    assert both.book[KEY].decision == "return"
    assert [(met.row.file, met.entry.file) for met in both.conflicts] == [("b.csv", "a.csv")]
    assert both.changed == []
    later = merged(PAID, row("return", None, "a.csv"))
    assert [(met.row.file, met.entry) for met in later.changed] == [("a.csv", PAID)]


def test_who_decided_is_no_second_opinion_when_the_same_file_comes_again() -> None:
    first = row("return")
    book = merged(Entry(), first).book
    assert merge(book, [first], "later", "x").settled == set()
    assert merge(book, [row("return", file="田中.xlsx")], "later", "x").settled == {KEY}
    assert merge(book, [row("return", "return")], "later", "x").settled == {KEY}  # from a list that shows it


@pytest.mark.parametrize(
    ("there", "base", "typed", "after"),
    [
        ("", "", "電話", "電話"),
        ("電話", "電話", "電話と手紙", "電話と手紙"),  # who saw the text has changed it
        ("電話", "電話", "", ""),  # or taken it away
        ("電話", "", "手紙", "電話 / 手紙"),  # who did not see it adds to it
        ("電話 / 手紙", "", "手紙", "電話 / 手紙"),
        ("電話 / 手紙", "電話", "電話 / 面談", "電話 / 手紙 / 面談"),
        ("電話", "", "", "電話"),
        ("電話", None, "", "電話"),  # nobody knows what was seen
        ("電話", None, "手紙", "電話 / 手紙"),
    ],
)
def test_texts_that_differ_both_stand(there: str, base: str | None, typed: str, after: str) -> None:
    given_row = Row(KEY, "", "accept", {"note": typed}, {} if base is None else {"note": base}, "accept")
    assert merged(Entry(decision="accept", note=there), given_row).book[KEY].note == after


def test_a_row_that_was_wiped_out_says_nothing() -> None:
    wiped = Row(KEY, "", "", dict.fromkeys(TEXTS, ""), {"note": "電話", "answer": "", "message": ""}, "accept")
    after = merged(Entry(decision="accept", note="電話"), wiped)
    assert (after.book[KEY].note, after.emptied, after.removed) == ("電話", 1, 0)


def test_a_conflict_leaves_the_decision_and_takes_the_texts() -> None:
    after = merged(PAID, row("return", "", note="記録で確認", message="日を直してください"))
    entry = after.book[KEY]
    assert (entry.decision, entry.note, entry.message, entry.who) == ("accept", "記録で確認", "日を直してください", WHO)
    assert after.noted == {KEY}


def test_entries_come_back_from_their_table() -> None:
    entries = {KEY: Entry("return", "a", "b", "c", "f", "hold", "x.csv", AT, WHO), OTHER: Entry(note="調べます")}
    assert entries_of(rows_of(entries)) == entries
    assert rows_of({}).is_empty()


WORDS = st.sampled_from(["return", "accept", "hold"])
PHRASES = st.sampled_from(["電話", "記録で確認", "保護者に確認", "日の誤り"])


@st.composite
def bases(draw: st.DrawFn) -> Entry:
    """What the list says when it is handed out."""
    decision = draw(st.sampled_from(["", "return", "accept", "hold"]))
    file = "前.xlsx" if decision else ""
    return Entry(decision, *(draw(st.sampled_from(["", "前の文"])) for _ in TEXTS), file=file)


@st.composite
def clerks(draw: st.DrawFn, base: Entry, name: str) -> list[Row]:
    """A clerk's copy of the list: rows that she leaves as they are are none."""
    decision = draw(st.one_of(st.just(base.decision), st.just(""), WORDS))
    seen = {text: getattr(base, text) for text in TEXTS}
    texts = {text: draw(st.one_of(st.just(was), PHRASES)) for text, was in seen.items()}
    if decision == base.decision and texts == seen:
        return []
    return [Row(KEY, f"{name}:2", decision, texts, seen, base.decision, fingerprint="f", file=name)]


@settings(max_examples=300)
@given(st.data())
def test_in_every_order_nothing_is_lost_and_nothing_overturned_unsaid(data: st.DataObject) -> None:
    base = data.draw(bases())
    names = data.draw(st.sampled_from([("佐藤", "鈴木"), ("佐藤", "鈴木", "田中")]))
    files = [data.draw(clerks(base, name)) for name in names]
    start = {KEY: base} if base != Entry() else {}
    for order in permutations(files):
        together = merge(start, [row for file in order for row in file], AT, WHO)
        one_by_one, met = start, []
        for file in order:  # the same files, a call each
            step = merge(one_by_one, file, AT, WHO)
            one_by_one, met = step.book, met + step.conflicts
        assert one_by_one == together.book and met == together.conflicts
        entry = together.book.get(KEY, Entry())
        given_rows = [row for file in order for row in file]
        chosen = [row for row in given_rows if row.decision]
        new = [row for row in chosen if row.decision != base.decision]
        # The first who decided otherwise than the list said is the one who decided.
        assert entry.decision == (new[0].decision if new else base.decision)
        assert (entry.file == new[0].file) if new else (entry.file == base.file)
        for row in chosen:  # every decision is the book's, or named with the one that is there
            conflict = [meeting for meeting in together.conflicts if meeting.row is row]
            before_the_first = bool(new) and given_rows.index(row) < given_rows.index(new[0])
            if row.decision == entry.decision or (row.decision == base.decision and before_the_first):
                assert not conflict
            else:
                assert [meeting.entry.decision for meeting in conflict] == [entry.decision]
        for row in given_rows:  # every text that someone wrote is in the book
            for name, text in row.texts.items():
                if text != row.base[name]:
                    assert text in getattr(entry, name).split(JOINT)
