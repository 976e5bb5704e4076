"""casebook.html in a real browser without a network: search, keys, what is marked, paper; nothing is fetched, no fault."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pypdf
import pytest

from henrei.home import Home
from henrei.reports.casebook import build
from lib import inputs
from lib.casebook_cases import casebook, embedded, finding_row
from lib.home_history import ONE

Opened = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def opened(chromium: Any) -> Opened:
    @contextmanager
    def show(path: Path, fragment: str = "") -> Iterator[Any]:
        context = chromium.new_context(offline=True, viewport={"width": 1366, "height": 900})
        page = context.new_page()
        faults: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri() + fragment)
        page.wait_for_selector("html[data-shown]", state="attached", timeout=20_000)
        yield page
        context.close()
        assert faults == []
        assert {address.partition("#")[0] for address in asked} == {path.as_uri()}

    return show


def shown(page: Any) -> list[int]:
    return page.evaluate("[...document.querySelectorAll('article:not([hidden])')].map((one) => Number(one.id))")


def search(page: Any, words: str) -> list[int]:
    page.get_by_role("searchbox").fill(words)
    return shown(page)


def of_child(path: Path, recipient: str) -> int:
    cases = embedded(path.read_bytes())["cases"]
    return next(
        number for number, people in zip(cases["number"], cases["people"], strict=True) if people == [recipient]
    )


def casebook_of(home: Path) -> Path:
    return Home(home).out() / inputs.REVIEW / "casebook.html"


def test_search_takes_numbers_names_facilities_and_checks(opened: Opened, worklist_home: Path) -> None:
    path = casebook_of(worklist_home)
    cases = embedded(path.read_bytes())["cases"]
    number = of_child(path, ONE)
    with opened(path) as page:
        assert shown(page) == cases["number"]
        assert search(page, str(number)) == search(page, f"事例{number}") == search(page, f"#{number}") == [number]
        assert page.locator("#count").inner_text() == f"{len(cases['number'])}件のうち1件を表示しています"
        assert search(page, ONE) == [number]
        assert search(page, "たろう") == search(page, "ﾀﾛｳ") == [of_child(path, "0000000002")]
        day = [n for n, codes in zip(cases["number"], cases["codes"], strict=True) if "DAY201" in codes]
        assert search(page, "day201") == day
        assert set(search(page, "架空の家")) == {
            n for n, facilities in zip(cases["number"], cases["facilities"], strict=True) if inputs.B in facilities
        }
        assert search(page, "どこにもない") == []
        assert page.locator("#count").inner_text() == "該当する事例はありません"
        page.get_by_role("button", name="すべてに戻す").click()
        page.get_by_label("重さ").select_option("return")
        assert shown(page) == [n for n, sign in zip(cases["number"], cases["sign"], strict=True) if sign == "return"]


def test_a_number_in_the_address_opens_its_case(opened: Opened, worklist_home: Path) -> None:
    with opened(casebook_of(worklist_home), "#2") as page:
        assert shown(page) == [2]


def test_the_whole_page_goes_by_keys(opened: Opened, worklist_home: Path) -> None:
    def now(page: Any) -> str:
        return page.locator("article.now").get_attribute("id")

    with opened(casebook_of(worklist_home)) as page:
        first, second = (str(number) for number in shown(page)[:2])
        assert now(page) == first
        page.keyboard.press("j")
        assert (now(page), page.evaluate("document.activeElement.id")) == (second, second)
        page.keyboard.press("k")
        page.keyboard.press("k")
        assert now(page) == first
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "words"
        page.keyboard.type(second)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == second
        page.get_by_role("searchbox").press("Escape")
        assert len(shown(page)) > 1


def test_a_card_marks_the_day_at_two_facilities_and_days_over_the_allowance(
    opened: Opened, worklist_home: Path
) -> None:
    path = casebook_of(worklist_home)
    with opened(path) as page:
        search(page, str(of_child(path, ONE)))
        days = page.locator("article.now table.days")
        assert [cell.split()[0] for cell in days.locator("td.clash").all_inner_texts()] == ["●"] * 4
        assert all("指摘" in cell and "重複" in cell for cell in days.locator("td.hit").all_inner_texts())
        assert days.locator("thead th").nth(1).inner_text().split() == ["1", "水"]
        search(page, str(of_child(path, "0000000003")))
        over = page.locator("article.now table.days .over").all_inner_texts()
        assert over == ["利用10日 / 支給量8日", "契約の合計10日 / 支給量8日"]
        text = page.locator("article.now").inner_text()
        for wanted in ("支給量\t", "recipients.csv 4行", "grants.csv 4行", "facilities.csv 2行", "4,600円", "決まり"):
            assert wanted in text, wanted


def test_readable_without_eyes(opened: Opened, worklist_home: Path) -> None:
    with opened(casebook_of(worklist_home)) as page:
        page.evaluate("shown.forEach(fill)")
        assert page.evaluate("document.querySelectorAll('table').length") > 30
        assert page.evaluate("[...document.querySelectorAll('th')].every((cell) => cell.scope)")
        assert page.evaluate("[...document.querySelectorAll('table')].every((table) => table.caption.textContent)")
        assert page.evaluate(
            "[...document.querySelectorAll('article')].every((one) => one.getAttribute('aria-labelledby'))"
        )
        assert page.evaluate("[...document.querySelectorAll('select, input')].every((one) => one.labels.length === 1)")
        assert page.evaluate("document.documentElement.lang") == "ja"


def test_on_paper_each_shown_case_begins_on_a_page(opened: Opened, worklist_home: Path) -> None:
    path = casebook_of(worklist_home)
    with opened(path) as page:
        page.get_by_label("重さ").select_option("return")
        wanted = len(shown(page))
        document = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        assert page.locator("details[open]").count() == 0
        bodies = page.evaluate(
            "[...document.querySelectorAll('article:not([hidden]) .body')].map((one) => one.childElementCount)"
        )
    assert wanted > 1 and all(bodies)
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in document.pages} == {(842, 595)}
    begun = [re.search(r"(\d+)\s+000000000\d", p.extract_text()[:60]) is not None for p in document.pages]
    assert sum(begun) == wanted <= len(begun)


def test_names_are_text(opened: Opened, tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    data = casebook([finding_row("DAY201", inputs.A, ONE, message=evil, observed=evil)], children={ONE: evil})
    data.tables = data._own(data.frames["case_keys"])
    ((name, made),) = build(data)
    (tmp_path / name).write_bytes(made)
    with opened(tmp_path / name) as page:
        assert page.locator("img").count() == 0
        assert evil in page.locator("article h2").inner_text() and evil in page.locator(".finding").inner_text()


def test_an_index_leads_to_the_page_of_a_case(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("henrei.reports.casebook.page.MOST_CARDS", 1)
    data = casebook(
        [finding_row("DAY201", facility, ONE) for facility in (inputs.A,)]
        + [finding_row("DAY203", inputs.B, "0000000002")]
    )
    data.tables = data._own(data.frames["case_keys"])
    for name, made in build(data):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(made)
    with opened(tmp_path / "casebook.html") as page:
        assert search(page, "2") == [2]
        target = page.get_by_role("link", name="この事例を開く").locator("visible=true").get_attribute("href")
    assert target == "casebook/01.html#2"
    with opened(tmp_path / "casebook" / "01.html", "#2") as page:
        assert shown(page) == [2]
        assert "DAY203" in page.locator("article.now .finding").inner_text()
