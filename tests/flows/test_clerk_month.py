"""A clerk's month: find the overlap in the workbook, decide it there, close, and read what goes to each facility."""

from __future__ import annotations

import gzip
import re
from base64 import b64decode
from pathlib import Path

import pytest

from lib import inputs, letters_city, workbook
from lib.home_history import henrei

pytestmark = pytest.mark.slow


def test_an_overlap_from_the_list_to_the_notices(tmp_path: Path) -> None:
    home = letters_city.overlapping(tmp_path)
    out = home / "out" / letters_city.MAY
    assert henrei(home, "run", letters_city.MAY) == 0

    # She opens the list: the two claims of the overlap are beside each other, with the days, and each names the other.
    rows = workbook.rows(out / "worklist.xlsx")
    places = [at for at, row in enumerate(rows) if "DAY201" in str(row["理由"])]
    assert places == [places[0], places[0] + 1]
    one, two = (rows[at] for at in places)
    assert (one["事例"], one["受給者証番号"], one["日付"]) == (two["事例"], two["受給者証番号"], two["日付"])
    assert one["日付"] == "4/1・4/2" and one["事例"] != ""
    assert inputs.B in str(one["ほかの事業所"]) and inputs.A in str(two["ほかの事業所"])

    # A was right, B goes back; all else that asks for a word is paid.
    decided = {at + 2: {"決定": "支払"} for at, row in enumerate(rows) if row["要否"] == "必要"}
    decided[places[0] + 2] = {"決定": "支払", "備考": "記録で確認"}
    decided[places[1] + 2] = {"決定": "返戻", "回答": "日付の誤り", "事業所への一言": "4/1の分を直してください"}
    filled = workbook.fill(out / "worklist.xlsx", tmp_path / "clerk.xlsx", decided)
    assert henrei(home, "decide", letters_city.MAY, str(filled)) == 0
    assert henrei(home, "close", letters_city.MAY) == 0

    # Only B's claim came back, and each facility reads of itself alone.
    returned = [row for row in inputs.read_table(out / "outcomes.csv") if row["outcome"] == "返戻"]
    assert [(row["facility_no"], row["recipient_no"]) for row in returned] == [(inputs.B, letters_city.ONE)]
    of_b = letters_city.pdf_text(out / "notices" / f"{inputs.B}.pdf")
    assert "DAY201" in of_b and "同じ日に他の通所支援の利用が記録されています（4月1日・4月2日）。" in of_b
    assert "2026年6月1日から10日まで" in of_b
    assert "市からの一言:4/1の分を直してください" in of_b
    assert "記録で確認" not in of_b and "日付の誤り" not in of_b  # what the team keeps for itself
    for facility, other in ((inputs.A, inputs.B), (inputs.B, inputs.A)):
        for paper in (out / "notices").glob(f"{facility}.*"):
            text = letters_city.all_text(paper)
            assert other not in text and letters_city.HOUSES[other] not in text
    notice_of_a = out / "notices" / f"{inputs.A}.pdf"
    assert not notice_of_a.exists() or "返戻した明細書0件" in letters_city.pdf_text(notice_of_a)

    # The dashboard counts the same, and holds no child's number.
    page = (home / "out" / "dashboard.html").read_text(encoding="utf-8")
    packed = [
        gzip.decompress(b64decode(text)).decode("utf-8")
        for text in re.findall(r'"(H4sI[^"]+)"|>(H4sI[^<]+)<', page)
        for text in text
        if text
    ]
    assert packed and not any(letters_city.ONE in text for text in (page, *packed))
    [rate] = inputs.read_table(home / "out" / "return_rates.csv")
    assert (rate["claims_received"], rate["claims_returned"]) == ("4", "1")
