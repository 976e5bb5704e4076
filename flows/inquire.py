"""`henrei inquire`: a month that was run in, a 確認依頼 to each facility with a finding out, before the month is closed.

What was sent is kept in books/, so that `henrei answers` knows an answer by it. That file is the decisive step; the letters
take their place after it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from henrei.files import csv_bytes, sha256, write_atomic
from henrei.flows import commit, letters
from henrei.flows.month_state import open_month, require_open, valid_decisions
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import day_in, month_text
from henrei.store import answers, journal, pending


def inquire(home: Home, month: date, settings: Settings) -> int:
    """Writes the 確認依頼 of the last run's findings. Returns how many. Raises HenreiError where the month is closed."""
    from henrei.reports.letters import build, inputs, inquiry
    from henrei.reports.letters.day_text import days_of_week

    require_open(home, month)
    with open_month(home, month, settings) as con:
        inquiry.LETTER.publication.refuse_if_open(home.out(month))
        decided, _ = valid_decisions(con, home, month)
        entry = journal.entry("inquire", month)
        gathered = replace(
            inputs.gather(con, letters.issuer(settings), issued=letters.day_of(entry)),
            decisions={
                (row["subject"], row["facility_no"], row["recipient_no"], month_text(row["service_month"])): row[
                    "decision"
                ]
                for row in decided.iter_rows(named=True)
            },
            answer_by=f"{month.year}年{days_of_week([day_in(month, settings.calendar.answers).isoformat()])}",
        )
        contents = inquiry.LETTER.contents(gathered)
        build.stage_contents(inquiry.LETTER, gathered, contents, home.out(month))
        entry["outcome"] = {"facilities": len(contents)}
        questions = [question for content in contents.values() for question in inquiry.sent(content)]
        data = csv_bytes(answers.with_sent(answers.read_sent(home, month), questions, entry["at"]))
        pending.begin(home, entry, sha256(data))
        write_atomic(answers.sent_path(home, month), data)
        commit.finish(con, home, entry)
    return len(contents)
