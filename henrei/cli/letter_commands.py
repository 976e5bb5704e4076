"""A home and a month in, letters to facilities and what comes back out: the commands that ask and remind, and answers. Called
by the command line; what is heavy is imported in each.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from henrei.cli.commands import say
from henrei.errors import HenreiError
from henrei.home import Home
from henrei.months import month_text, parse_month

if TYPE_CHECKING:
    from henrei.flows.settings import Settings


def inquire(home: Home, month: str) -> int:
    from henrei.flows.inquire import inquire as write_inquiries
    from henrei.flows.recovery import locked

    day, settings = parse_month(month), _settings(home)
    with locked(home):
        count = write_inquiries(home, day, settings)
    print(f"確認依頼 {count:,}事業所: {home.out(day) / 'inquiries'}")
    print(f"返ってきた Excel は henrei answers {month} ファイル… で取り込みます")
    return 0


def remind(home: Home, month: str) -> int:
    from henrei.flows.recovery import locked
    from henrei.flows.remind import remind as write_reminders

    day, settings = parse_month(month), _settings(home)
    with locked(home):
        written = write_reminders(home, day, settings)
    for note in written.notes:
        print(f"※ {note}")
    print(f"{month_text(written.last)} までの請求と、いまの台帳から作りました")
    for title, count in written.by_title.items():
        print(f"  {title} {count:,}件")
    print(f"請求の前の案内 {written.facilities:,}事業所: {home.out(day) / 'reminders'}")
    print(f"チームの一覧: {home.out(day) / 'reminders.xlsx'}")
    return 0


def answers(home: Home, month: str, files: list[str], remove: str | None) -> int:
    from henrei.flows import answers as facility_answers
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    day, settings = parse_month(month), load(home)
    if bool(files) == bool(remove):
        raise HenreiError(
            f"返ってきた確認依頼のファイルか --remove のどちらかを指定してください(例 henrei answers {month} 回答.xlsx)"
        )
    with locked(home):
        if remove:
            left, notes = facility_answers.remove(home, day, remove, settings)
            after = f"前の回答{left}問に戻りました" if left else "この事業所の回答はなくなりました"
            accepted, refused = [f"{month}: 最後に取り込んだ回答を取り消しました。{after}"], []
        else:
            result = facility_answers.take(home, day, [Path(file) for file in files], settings)
            accepted, notes, refused = result.accepted, result.notes, result.refused
    for line in accepted:
        print(line)
    for line in notes:
        print(f"※ {line}")
    for line in refused:
        say(line)
    return 2 if refused else 0


def _settings(home: Home) -> Settings:
    """The home's settings; says what a letter needs and they lack."""
    from henrei.flows.contact import contact_fault
    from henrei.flows.settings import load

    settings = load(home)
    if fault := contact_fault(settings):
        print(f"※ {fault}")
    return settings
