"""A letter is a module with its LETTER, and a template; nothing else knows how many there are."""

from __future__ import annotations

import importlib.util
import pkgutil
import shutil
import sys
from importlib import import_module
from pathlib import Path

import pytest

from henrei.flows.recovery import recover
from henrei.home import Home
from henrei.publication import RUN
from henrei.reports import letters
from henrei.reports.letters import build, inquiry, notice, pdf, reminder
from henrei.reports.letters.inputs import Issuer
from henrei.reports.letters.letter import Letter
from henrei.store.database import open_store, set_current_month
from lib import inputs
from lib.home_history import henrei
from lib.letters_city import MAY, overlapping, pdf_text, table
from lib.worklist_data import MAY as MONTH

MODULE = '''
"""The recall: claims that a facility has not sent again."""

from dataclasses import dataclass

from henrei.publication import Publication
from henrei.reports.letters import workbook_parts as parts
from henrei.reports.letters.content import Letterhead, letterhead
from henrei.reports.letters.letter import Letter
from henrei.reports.workbook import Book, Column, TableOptions


@dataclass(frozen=True)
class Recall:
    head: Letterhead
    claims: tuple[str, ...]


def recalls(inputs):
    claims = {key[1]: [] for key in inputs.claims}
    for _, facility, recipient, _ in sorted(inputs.claims):
        claims[facility].append(recipient)
    return {facility: Recall(letterhead(inputs, facility), tuple(own)) for facility, own in sorted(claims.items())}


def workbook(recall, created):
    book = Book(created, parts.book_title("再請求のお願い", recall.head))
    above = parts.letterhead_lines("再請求のお願い", recall.head)
    book.table("再請求", (Column("受給者証番号", 13),), [(one,) for one in recall.claims], TableOptions(above=above))
    return book.bytes()


LETTER = Letter(Publication("recalls", ("recalls",)), "recall", recalls, workbook)
'''
TEMPLATE = """
#import "common.typ": *
#show: letter.with("再請求のお願い", [次の請求をお送りください。])
#ruled(columns: (1fr,), head: ("受給者証番号",), ..content.claims.map(one => (one,)))
"""


def all_letters() -> list[Letter]:
    modules = [import_module(f"{letters.__name__}.{found.name}") for found in pkgutil.iter_modules(letters.__path__)]
    return [module.LETTER for module in modules if hasattr(module, "LETTER")]


def test_every_letter_has_its_template_and_its_folder() -> None:
    assert {inquiry.LETTER, notice.LETTER, reminder.LETTER} <= set(all_letters())
    for letter in all_letters():
        assert letter.publication.name in letter.publication.entries
        assert (pdf.TEMPLATES / f"{letter.template}.typ").is_file()
    entries = [entry for letter in all_letters() for entry in letter.publication.entries]
    assert len({*entries, *RUN.entries}) == len(entries) + len(RUN.entries)


@pytest.mark.slow
def test_a_new_letter_takes_a_module_and_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = shutil.copytree(pdf.TEMPLATES, tmp_path / "templates")
    (templates / "recall.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATES", templates)
    path = tmp_path / "recall.py"
    path.write_text(MODULE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("recall", path)
    assert spec and spec.loader
    recall = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "recall", recall)  # dataclasses looks it up
    spec.loader.exec_module(recall)
    home = overlapping(tmp_path)
    assert henrei(home, "run", MAY) == 0
    out = home / "out" / MAY
    with open_store(Home(home)) as con:
        set_current_month(con, MONTH)
        assert build.write(recall.LETTER, con, out, Issuer("試験市", inputs.CITY)) == 2
    names = [f"{at}.{suffix}" for at in (inputs.A, inputs.B) for suffix in ("pdf", "xlsx")]
    assert sorted(path.name for path in (out / "recalls").iterdir()) == names
    children = [row["受給者証番号"] for row in table(out / "recalls" / f"{inputs.A}.xlsx", "再請求", "受給者証番号")]
    text = pdf_text(out / "recalls" / f"{inputs.A}.pdf")
    assert len(children) == 2
    assert all(str(child) in text for child in children)


def test_a_letter_that_was_cut_off_is_forgotten_whichever_it_is(tmp_path: Path) -> None:
    home = Home(tmp_path)
    out = home.out(MONTH)
    inquiry.LETTER.publication.stage(out, [("inquiries/1350000001.pdf", b"new")])
    (out / ".recalls.new" / "recalls").mkdir(parents=True)
    (out / "inquiries").mkdir()
    assert recover(home) is None
    assert [path.name for path in out.iterdir()] == ["inquiries"]
