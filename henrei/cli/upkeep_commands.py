"""The commands for what was done before, a function each: a closed month is computed again and compared, old ones lose their
names, the journal is read. The home and the arguments in, lines on the screen and the exit status out. Called by the parser, as `commands` is; everything heavy is imported within.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from henrei.errors import HenreiError
from henrei.home import Home
from henrei.months import month_text, parse_month

if TYPE_CHECKING:
    import polars as pl


def verify(home: Home, month: str | None, *, all_months: bool) -> int:
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load
    from henrei.flows.verify import verify as verify_month

    if all_months == (month is not None):
        raise HenreiError("審査月か --all のどちらか一つを指定してください")
    if month is None:
        return _verify_all(home)
    day = parse_month(month)
    load(home)
    with locked(home):
        verified = verify_month(home, day)
    for note in verified.notes:
        print(f"※ {note}")
    print(f"監査記録の末尾: {verified.head}")
    if verified.changes is not None:
        return _say_changes(month, verified.changes)
    if verified.differing:
        for name in verified.differing:
            print(f"違います: {name}")
        more = f"(ほか{len(verified.differing) - 1}ファイル)" if len(verified.differing) > 1 else ""
        cause = "消去した月の記録がないためかもしれません。" if verified.purged else ""
        raise HenreiError(
            f"{month} を計算し直すと {verified.differing[0]} が違います{more}。{cause}"
            "書きかえられていないか、控えと見比べてください"
        )
    print(f"{month} を受け取ったファイルから計算し直し、{verified.same}ファイルすべてが同じでした")
    return 0


def _verify_all(home: Home) -> int:
    """One line a closed month, whatever becomes of the others."""
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load
    from henrei.flows.verify import Verified, verify_all
    from henrei.store import journal

    load(home)
    count, bad, notes = 0, [], []
    with locked(home):
        for month, result in verify_all(home):
            count += 1
            if isinstance(result, Verified):
                notes += [note for note in result.notes if note not in notes and result.changes is None]
                print(result.line(month), flush=True)
            elif result is None:
                print(f"{month_text(month)}: 消去済みのため検算できません", flush=True)
            else:
                print(f"{month_text(month)}: {result}", flush=True)
            if isinstance(result, HenreiError) or (isinstance(result, Verified) and result.differing):
                bad.append(month_text(month))
        head = journal.head(home)
    if not count:
        raise HenreiError("締めた月がまだありません。henrei close の後に検算できます")
    for note in notes:
        print(f"※ {note}")
    print(f"監査記録の末尾: {head}")
    if bad:
        more = f"(ほか{len(bad) - 1}か月)" if len(bad) > 1 else ""
        raise HenreiError(
            f"{bad[0]} が締めた時と同じになりません{more}。henrei verify {bad[0]} でくわしく見て、控えと見比べてください"
        )
    return 0


def _say_changes(month: str, changes: pl.DataFrame) -> int:
    """What a month closed under other rules would be by those of now."""
    from henrei.flows.differences import say_by_check

    if changes.is_empty():
        print(f"今の決まりで {month} を計算し直しても、指摘は同じです")
        return 0
    print(f"今の決まりで {month} を計算し直すと、指摘は次のように変わります(締めた結果は変わりません)")
    for line in say_by_check(changes):
        print(f"  {line}")
    return 0


def upgrade(home: Home, *, rehearse: bool) -> int:
    from henrei.flows import rehearsal
    from henrei.flows import upgrade as upgrading
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    load(home)
    if rehearse:
        with home.lock():
            state = rehearsal.rehearse(home, lambda line: print(line, flush=True))
        after = "。控えを取ってから henrei upgrade を実行してください" if state.steps else ""
        print(f"作業フォルダーは何も変えていません{after}")
        return 0
    upgrading.state_of(home)  # what another version left half done is not for this one to finish
    with locked(home):
        state = upgrading.state_of(home)
        if not state.steps:
            print("この版のままで使えます。することはありません")
        for step in state.steps:
            print(step, flush=True)
        for note in upgrading.upgrade(home, state):
            print(f"※ {note}")
    if state.steps:
        print(f"{home} をこの版で使えるようにしました")
    for line in state.following:
        print(f"次: {line}")
    return 0


def purge(home: Home, month: str, *, yes: bool, force: bool) -> int:
    from henrei.cli import ask
    from henrei.flows.purge import purge as remove_months
    from henrei.flows.purge_plan import Plan
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    def agree(plan: Plan) -> None:
        for line in plan.lines():
            print(line)
        if yes:
            return
        count = len(plan.months)
        if not ask.at_terminal():
            raise HenreiError("上のとおり消すときは --yes を付けて実行してください(何も消していません)")
        if not ask.types_back("元には戻せません。消すときは、消す月の数を入れてください: ", count):
            raise HenreiError(f"消す月の数({count:,}か月)が入らなかったため、何も消していません")

    day, settings = parse_month(month), load(home)
    with locked(home):
        plan = remove_months(home, day, settings, force=force, agree=agree)
    if plan is None:
        print(f"{month} より前に消すものはありません")
        return 0
    print(
        f"{month} より前の{len(plan.months)}か月の氏名と番号を消しました。件数と、再請求の確認に要る状態だけが残ります"
    )
    for path in plan.kept:
        print(f"※ {path} は残る月がまだ使うため、消していません")
    if left := len(plan.found.traces) + len(plan.found.unread):
        print(f"※ 初めに挙げた{left:,}ファイルは消していません。要らなければ、確かめてから手で消してください")
    print("※ 作業フォルダーの外の写し(控え、渡したファイル、印刷物)は henrei からは消せません")
    return 0


def history(home: Home, month: str) -> int:
    from henrei.cli import history_text
    from henrei.flows.history import history as read_history
    from henrei.flows.settings import load

    day = parse_month(month)
    load(home)
    for line in history_text.lines(read_history(home, day)):
        print(line)
    return 0
