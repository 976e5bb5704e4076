"""The commands for what was done before, a function each: a closed month is computed again and compared, old ones lose their
names, the journal is read. The home and the arguments in, lines on the screen and the exit status out. Called by the parser, as `commands` is; everything heavy is imported within.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from henrei.errors import HenreiError
from henrei.home import Home
from henrei.months import parse_month

if TYPE_CHECKING:
    import polars as pl


def verify(home: Home, month: str) -> int:
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load
    from henrei.flows.verify import verify as verify_month

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


def _say_changes(month: str, changes: pl.DataFrame) -> int:
    """What a month closed under other rules would be by those of now."""
    if changes.is_empty():
        print(f"今の決まりで {month} を計算し直しても、指摘は同じです")
        return 0
    print(f"今の決まりで {month} を計算し直すと、指摘は次のように変わります(締めた結果は変わりません)")
    for code, new, gone, otherwise in changes.iter_rows():
        parts = (("新しく", new), ("なくなる", gone), ("内容が変わる", otherwise))
        print(f"  {code}: " + "、".join(f"{name} {count}件" for name, count in parts if count))
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
