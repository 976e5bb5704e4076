"""dashboard.html in a real browser: filters, numbers, print; no fault in the console, and no request leaves."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pypdf
import pytest

from henrei.reports.dashboard import charts
from lib import inputs
from lib.browser import missing
from lib.dashboard_homes import EVIL

Opened = Callable[[Path], AbstractContextManager[Any]]


@pytest.fixture
def opened(chromium: Any) -> Opened:
    """Opens the dashboard of a home; faults in the console and requests to others are looked at in the end."""

    @contextmanager
    def show(home: Path) -> Iterator[Any]:
        address = (home / "out" / "dashboard.html").as_uri()
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        faults: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        wait_for(page, "/")
        yield page
        page.close()
        assert faults == []
        assert asked == [address]

    return show


def test_only_a_build_machine_must_have_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no chromium"):
        missing("no chromium on this machine")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no chromium"):
        missing("no chromium on this machine")


def wait_for(page: Any, shown: str) -> None:
    page.wait_for_function(f"document.documentElement.dataset.shown === '{shown}'", timeout=60_000)


def choose(page: Any, service_type: str = "", facility: str = "") -> None:
    """Sets both filters, the facility by its number."""
    page.get_by_label("サービス種類").select_option(service_type)
    options = page.evaluate(
        "[...document.getElementById('facility').options].map((o) => [o.text.split(' ')[0], o.value])"
    )
    value = dict(options)[facility] if facility else ""
    page.get_by_label("事業所", exact=True).select_option(value)
    wait_for(page, f"{service_type}/{value}")


def cells(page: Any, table: str, part: str = "tbody") -> list[list[str]]:
    """The texts of a table's rows, without the mark of few."""
    return page.evaluate(
        """([table, part]) => [...document.querySelectorAll(`#table-${table} ${part} tr`)].map((row) =>
            [...row.cells].map((cell) => [...cell.childNodes].filter((n) => !n.classList?.contains("few"))
                .map((n) => n.textContent).join("")))""",
        [table, part],
    )


def plain(text: str) -> int:
    return int(text.replace(",", ""))


def percent(rate: str) -> str:
    """A rate of return_rates.csv as the page writes it."""
    return f"{Decimal(rate) * 100:.2f}%" if rate else ""


def test_numbers_equal_the_books(opened: Opened, closed_city_home: Path) -> None:
    rates = inputs.read_table(closed_city_home / "out" / "return_rates.csv")
    with opened(closed_city_home) as page:
        shown = {name: cells(page, name) for name in ("rate", "first", "returner")}
        assert [[row[0], *map(plain, row[1:3]), row[3], *map(plain, row[4:6]), row[6]] for row in shown["rate"]] == [
            [
                row["review_month"],
                *(int(row[name]) for name in ("claims_received", "claims_returned")),
                percent(row["rate_count"]),
                *(int(row[name]) for name in ("yen_received", "yen_returned")),
                percent(row["rate_yen"]),
            ]
            for row in rates
        ]
        assert [[plain(row[1]), plain(row[2]), row[3]] for row in shown["first"]] == [
            [int(row["first_claims_received"]), int(row["first_claims_returned"]), percent(row["first_rate"])]
            for row in rates
        ]
        assert [[plain(row[3]), plain(row[5])] for row in shown["returner"]] == [
            [int(row["returned_by_city"]), int(row["returned_by_federation"])] for row in rates
        ]
        last = rates[-1]
        headline = page.locator("#cards").inner_text()
        assert percent(last["rate_count"]) in headline
        assert f"{int(last['yen_returned']):,}円 / {int(last['yen_received']):,}円" in headline
        points = page.evaluate("views.rate.data('rows').map((row) => [row.month, row.kind, row.rate])")
        assert points == [
            [row["review_month"], kind, int(row[f"{part}_returned"]) / int(row[f"{part}_received"])]
            for row in rates
            for kind, part in (("件数", "claims"), ("金額", "yen"))
        ]


def of_claims(home: Path, condition: str = "TRUE") -> list[list[int]]:
    """From the files: a month's claims, returned claims, yen and returned yen, where outcomes fit the condition."""
    sql = f"""
        SELECT count(*), count(*) FILTER (outcome = '返戻'), sum(benefit_yen),
               coalesce(sum(benefit_yen) FILTER (outcome = '返戻'), 0)
        FROM (SELECT parse_path(filename)[-2] AS month, * REPLACE (benefit_yen::BIGINT AS benefit_yen)
              FROM read_csv('{(home / "out").as_posix()}/2026-*/outcomes.csv', all_varchar = true, filename = true)
              WHERE kind = '明')
        WHERE outcome <> '取下げ' AND {condition} GROUP BY month ORDER BY month
    """
    return [list(map(int, row)) for row in duckdb.sql(sql).fetchall()]


def of_page(page: Any) -> list[list[int]]:
    rows = cells(page, "rate")
    return [[plain(row[i]) for i in (1, 2, 4, 5)] for row in rows if row[1] != "0"]


def test_rates_are_rounded_as_in_return_rates(opened: Opened, four_months_home: Path) -> None:
    """To the even digit where a rate lies just between two: 1 of 32 is 0.0312."""
    pairs = [[part, whole] for whole in range(1, 161) for part in range(whole + 1)]
    with opened(four_months_home) as page:
        shown = page.evaluate("(pairs) => pairs.map(([part, whole]) => percent(part, whole))", pairs)
    assert shown == [percent(f"{part / whole:.4f}") for part, whole in pairs]


def test_filters_by_facility_and_service_type(opened: Opened, closed_city_home: Path) -> None:
    with duckdb.connect(str(closed_city_home / "henrei.duckdb"), read_only=True) as con:
        facilities = [row[0] for row in con.execute("SELECT DISTINCT facility_no FROM claims ORDER BY 1").fetchall()]
        keys = con.execute(
            "SELECT service_type, strftime(review_month, '%Y-%m') || facility_no || recipient_no || "
            "strftime(service_month, '%Y-%m') FROM claim_totals"
        ).fetchall()
    types = sorted({row[0] for row in keys})
    with opened(closed_city_home) as page:
        whole = of_page(page)
        assert whole == of_claims(closed_city_home)
        for facility in facilities[:3]:
            choose(page, facility=facility)
            assert of_page(page) == of_claims(closed_city_home, f"facility_no = '{facility}'")
            listed = cells(page, "facilities")
            assert [row[0] for row in listed] == [facility]
        for code in types:
            held = ", ".join(f"'{key}'" for one, key in keys if one == code)
            condition = f"month || facility_no || recipient_no || service_month IN ({held})"
            choose(page, service_type=code)
            assert of_page(page) == of_claims(closed_city_home, condition)
            choose(page, code, facilities[0])
            assert of_page(page) == of_claims(closed_city_home, f"{condition} AND facility_no = '{facilities[0]}'")
        page.get_by_role("button", name="すべてに戻す").click()
        wait_for(page, "/")
        assert of_page(page) == whole
        assert page.locator("#scope").inner_text() == "表示: すべてのサービス種類、すべての事業所"


def test_a_facility_is_found_by_a_part_of_its_number_or_name(opened: Opened, closed_city_home: Path) -> None:
    with opened(closed_city_home) as page:
        every = cells(page, "facilities")
        number, name = every[-1][:2]
        page.get_by_label("事業所をさがす").fill(number[3:])
        page.wait_for_function("document.querySelectorAll('#table-facilities tbody tr').length === 1")
        assert cells(page, "facilities") == [every[-1]]
        assert page.evaluate("views.facilities.data('rows').filter((row) => row.found).map((row) => row.name)") == [
            name
        ]
        page.get_by_role("button", name="すべてに戻す").click()
        page.wait_for_function(f"document.querySelectorAll('#table-facilities tbody tr').length === {len(every)}")


def test_every_facility_is_in_the_funnel_and_those_beyond_are_listed(opened: Opened, closed_city_home: Path) -> None:
    """Their counts are those of the files; those beyond by the exact distribution (page) are a part of all."""
    with opened(closed_city_home) as page:
        rows, listed = cells(page, "facilities"), cells(page, "beyond")
    sql = f"""
        SELECT facility_no, count(*), count(*) FILTER (outcome = '返戻')
        FROM read_csv('{(closed_city_home / "out").as_posix()}/2026-*/outcomes.csv', all_varchar = true)
        WHERE kind = '明' AND outcome <> '取下げ' GROUP BY ALL
    """
    assert {(row[0], plain(row[2]), plain(row[3])) for row in rows} == set(duckdb.sql(sql).fetchall())
    beyond = [row for row in rows if row[8] != "限界の中"]
    assert beyond == (listed if beyond else [])


def test_totals_are_below_their_columns(opened: Opened, closed_city_home: Path) -> None:
    with opened(closed_city_home) as page:
        for table, numbers in {
            "rate": (1, 2, 4, 5),
            "first": (1, 2, 4, 5),
            "returner": (1, 2, 3, 5),
            "facilities": (2, 3, 5),
            "reclaims": range(1, 8),
            "deducted": range(1, 10),
            "open": (1, 2),
        }.items():
            rows, (foot,) = cells(page, table), cells(page, table, "tfoot")
            for at in numbers:
                assert plain(foot[at]) == sum(plain(row[at]) for row in rows), (table, at)


def test_a_claim_of_two_types_counts_under_each(opened: Opened, four_months_home: Path) -> None:
    with opened(four_months_home) as page:
        totals = {}
        for code in ("", "61", "63"):
            choose(page, code)
            assert ("この種類を含む請求を1件と数え" in page.locator("#scope").inner_text()) is bool(code)
            totals[code] = plain(cells(page, "rate", "tfoot")[0][1])
        assert totals == {"": 8, "61": 2, "63": 8}


def test_the_four_months_of_known_claims(opened: Opened, four_months_home: Path) -> None:
    with opened(four_months_home) as page:
        assert cells(page, "returner")[2] == ["2026-07", "2", "1", "0", "0.00%", "1", "50.00%"]
        assert [row[:5] for row in cells(page, "reasons")][:2] == [
            ["CAP302", "上限額管理結果票がない", "0", "1", "2"],
            ["CAP301", "上限額管理の届出がない", "0", "0", "1"],
        ]
        assert cells(page, "reclaims")[0] == ["2026-05", "2", "1", "0", "0", "0", "1", "9,000"]
        assert cells(page, "deducted")[1] == ["2026-06", "2", "18,000", "0", "0", "9,000", "1", "9,000", "9,000", "0"]
        assert cells(page, "rolling")[3] == ["2026-08", "4", "2", "50.00%", "8", "4", "50.00%"]
        assert "前にも返戻された同じ請求" in page.locator("#said-repeaters").inner_text()
        unjudged = {row[0]: row for row in cells(page, "open-checks")}
        assert "2026-05 審査履歴がありません" in unjudged["SUB405"][4]
        # Nobody here has thirty claims: every rate is marked, and yet every facility is in the funnel.
        assert page.evaluate("views.facilities.data('rows').filter((row) => row.kind === '事業所').length") == 2
        assert page.locator("#cards .few").count() == 3
        assert page.locator("#said-run").inner_text() == (
            "締めた月が4か月なので、通常のゆれの幅はまだ計算できません(6か月から)。"
        )


def test_where_nothing_was_received_rates_are_empty(opened: Opened, four_months_home: Path) -> None:
    with opened(four_months_home) as page:
        choose(page, "61", inputs.A)
        assert cells(page, "rate") == [
            [month, "0", "0", "", "0", "0", ""] for month in ("2026-05", "2026-06", "2026-07", "2026-08")
        ]
        assert page.locator("#verdict").inner_text() == "この月の受付はありません。"
        # A facility is held against all of its kind, so the funnel stays.
        assert page.evaluate("[...document.querySelectorAll('.chart')].filter((c) => !c.hidden).map((c) => c.id)") == [
            "chart-facilities"
        ]
        choose(page)
        assert page.locator("#chart-rate svg").is_visible()


def test_names_are_text(opened: Opened, four_months_home: Path) -> None:
    with opened(four_months_home) as page:
        assert page.locator("img").count() == 0
        assert page.locator("header div p").inner_text().startswith(EVIL)
        assert [row[1] for row in cells(page, "facilities")] == [EVIL, "ひかり園"]
        assert EVIL in page.title()


def test_readable_without_eyes(opened: Opened, closed_city_home: Path) -> None:
    drawn = 0
    with opened(closed_city_home) as page:
        for name in charts.specs():
            chart = page.locator(f"#chart-{name}")
            title = page.locator(f"#title-{name}").inner_text()
            label = chart.get_attribute("aria-label")
            assert label.startswith(f"{title}。{page.locator(f'#said-{name}').inner_text()}")
            drawn += (svgs := chart.locator("svg").count())
            of_nothing = chart.get_attribute("hidden") is not None  # its table says so in one row
            assert svgs == (0 if of_nothing else 1) and (not of_nothing or len(cells(page, name)) == 1), name
        assert drawn > 5
        assert page.evaluate("[...document.querySelectorAll('th')].every((cell) => cell.scope)")
        assert page.evaluate("[...document.querySelectorAll('table')].every((table) => table.caption.textContent)")
        assert page.evaluate("[...document.querySelectorAll('select')].every((one) => one.labels.length === 1)")


def test_on_paper_it_is_a4_with_every_table_open(opened: Opened, closed_city_home: Path) -> None:
    """Every row of every table is on paper. Letters are left out: the machine may have no Japanese font."""
    with opened(closed_city_home) as page:
        tables = page.evaluate("[...document.querySelectorAll('table')].map((one) => one.id.replace('table-', ''))")
        rows = [row for table in tables for row in cells(page, table)]
        assert page.locator("table:visible").count() == 1  # the facilities beyond the limits
        document = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        assert page.locator("table:visible").count() == 1
    width, height = (round(float(side)) for side in document.pages[0].mediabox[2:])
    assert (width, height) == (595, 842)
    text = numbers_of("".join(one.extract_text() for one in document.pages))
    assert len(rows) > 50
    assert [row for row in rows if not all(numbers_of(cell) in text for cell in row)] == []


def numbers_of(text: str) -> str:
    return "".join(letter for letter in text if letter in "0123456789,.%-")
