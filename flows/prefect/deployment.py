"""A home and a schedule in, the monthly flow offered as a Prefect deployment out. Called by `henrei serve`."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from henrei.errors import HenreiError
from henrei.flows.prefect.connect import QUICK, TIMEOUT, Connection, connection
from henrei.flows.prefect.runner import FLOW, Session, drive
from henrei.flows.run.pipeline import Work
from henrei.home import Home
from henrei.months import month_text

JAPAN = timezone(timedelta(hours=9))

MakeWork = Callable[[str], Work | AbstractContextManager[Work]]


def serve(
    home: Home,
    cron: str | None,
    make_work: MakeWork,
    *,
    say: Callable[[str], None] = print,
    debug: bool = False,
) -> None:
    """Offers the monthly flow as a deployment until Ctrl-C; `cron` is in Japanese time. Raises HenreiError.

    Every run is a process of its own, for which `make_work` is pickled. It makes of a month a work, or a context manager
    that gives a work and holds the home's lock meanwhile.
    """
    with ExitStack() as stack:
        if not debug:
            stack.enter_context(_quiet_end())
        try:
            server = stack.enter_context(connection(home.prefect, debug=debug, lasting=True))
            if not server.import_prefect():
                raise HenreiError("Prefect を読み込めません。インストールし直してください。")
            schedule = _schedule(cron) if cron is not None else None
            if not server.connect():
                raise _no_server(server)
            from prefect.settings import PREFECT_API_URL
            from prefect.types.entrypoint import EntrypointType

            when = f"予定 {cron}（日本時間）" if cron else "予定なし、指示があったとき"
            where = _without_password(PREFECT_API_URL.value())
            say(
                f"月次審査のフロー {FLOW}/{FLOW} を提供しています（{when}、サーバー {where}）。"
                "止めるには Ctrl-C を押してください。"
            )
            _served(make_work).serve(
                name=FLOW,
                schedule=schedule,
                limit=1,  # two months of one home cannot run side by side
                print_starting_message=False,
                entrypoint_type=EntrypointType.MODULE_PATH,  # a file path would be a path of this PC
            )
        except KeyboardInterrupt:
            pass


def _no_server(server: Connection) -> HenreiError:
    return HenreiError(
        f"Prefect のサーバーが {server.timeout:g} 秒以内に起動しません。環境変数 {TIMEOUT}（秒）を大きくしてください。"
        if server.own
        else "PREFECT_API_URL のサーバーに接続できません。アドレスを確認してください。"
    )


@contextmanager
def _quiet_end() -> Iterator[None]:
    """Inside, asyncio does not report the tasks that Prefect's runner leaves half done when SIGTERM ends it."""
    logger = logging.getLogger("asyncio")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "coroutine 'Runner.astop' was never awaited", RuntimeWarning)
            yield
    finally:
        logger.setLevel(level)


def _served(make_work: MakeWork) -> Any:
    from prefect import flow

    def name() -> str:
        from prefect.runtime import flow_run

        return f"{FLOW}-{flow_run.parameters.get('month') or _this_month()}"

    @flow(name=FLOW, flow_run_name=name, retries=0, persist_result=False, log_prints=False)
    def monthly(month: str | None = None) -> Any:
        """月次審査。month は審査月（YYYY-MM）、空なら実行日の月。"""
        return _run_served(make_work, month or _this_month())

    return monthly


def _run_served(make_work: MakeWork, month: str) -> Any:
    """One run of the deployment, in its own process; its error is printed here, because no caller reads exceptions."""
    from prefect.settings import temporary_settings

    session = Session(_NoWork())
    state = None
    with session.keeping_errors(), ExitStack() as stack:
        made = make_work(month)
        if isinstance(made, AbstractContextManager):
            made = stack.enter_context(made)
        session.work = made
        stack.enter_context(session)
        stack.enter_context(temporary_settings(updates=QUICK))
        state = drive(session)
        if session.error is not None:
            raise session.error  # the work's own context managers must see it
    if session.error is None:
        return state
    if isinstance(session.error, HenreiError):
        print(session.error, file=sys.stderr)
    elif not isinstance(session.error, KeyboardInterrupt):
        print(f"{month} の審査を中断しました（{type(session.error).__name__}）。", file=sys.stderr)
    return session.failure()


class _NoWork:
    """In the place of the work until `make_work` has made it."""

    home = Home(Path())
    month = date.min
    stages = ()

    def overview(self) -> str:
        return ""


def _schedule(cron: str) -> Any:
    from prefect.schedules import Cron

    try:
        return Cron(cron, timezone="Asia/Tokyo")
    except ValueError as error:
        raise HenreiError(
            f"--cron の書き方が正しくありません（{cron}）。"
            '「分 時 日 月 曜日」の順に、例えば "0 6 11 * *" と書いてください。'
        ) from error


def _without_password(url: str | None) -> str:
    scheme, _, rest = (url or "").partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _this_month() -> str:
    return month_text(datetime.now(JAPAN))
