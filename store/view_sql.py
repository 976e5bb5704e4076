"""The SQL files of `views/` and the ledgers' columns in, each view's statement in an order in which all can be made out.
Called by store.database, which makes the views, by the checks' runner, which computes those that several checks read once,
and by `explain`.

A file holds statements `CREATE OR REPLACE VIEW` (or MACRO), each ending with `;` at the end of a line, and before each its
comment. A comment with the line `-- shared` marks a view that several checks read. Files and statements may come in any
order: a statement comes after those that its text mentions. Of every ledger there is a view now_<ledger>: its rows of the
review month, empty cells filled as schemas/ledgers/ledgers.toml says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib import resources

from henrei.schemas import ledgers

_STATEMENT = re.compile(
    r"(?P<comment>(?:^--[^\n]*\n)*)^(?P<sql>CREATE OR REPLACE (?:VIEW|MACRO) (?P<name>\w+).*?;)[ \t]*$", re.M | re.S
)
_SHARED = "-- shared"


@dataclass(frozen=True)
class Statement:
    """One view or macro: its CREATE statement, and whether several checks read it."""

    name: str
    sql: str
    shared: bool = False

    @property
    def is_macro(self) -> bool:
        return self.sql.startswith("CREATE OR REPLACE MACRO")

    @property
    def select(self) -> str:
        """What a view shows, as a query."""
        return self.sql.removeprefix(f"CREATE OR REPLACE VIEW {self.name} AS").removesuffix(";")

    @property
    def identifiers(self) -> set[str]:
        """The names in the statement, without its comments and texts."""
        return set(re.findall(r"\w+", re.sub(r"--[^\n]*|'[^']*'", "", self.sql)))


def parse(text: str) -> list[Statement]:
    """The statements of a file. Raises ValueError where it holds something else."""
    for line in _STATEMENT.sub("", text).splitlines():
        if line.strip() and not line.startswith("--"):
            raise ValueError(f"neither comment nor statement: {line}")
    return [
        Statement(match["name"], match["sql"], _SHARED in match["comment"].splitlines())
        for match in _STATEMENT.finditer(text)
    ]


def of_ledger(ledger: ledgers.Ledger) -> Statement:
    """The view of a ledger's rows of the review month."""
    filled = [f"coalesce({column}, '{value}') AS {column}" for column, value in ledger.defaults.items()]
    filled += [f"coalesce({column}, next_month({of})) AS {column}" for column, of in ledger.next_month_of.items()]
    columns = f"* REPLACE ({', '.join(filled)})" if filled else "*"
    name = f"now_{ledger.name}"
    sql = f"CREATE OR REPLACE VIEW {name} AS SELECT {columns} FROM {ledger.name} WHERE review_month = review_month();"
    return Statement(name, sql)


def in_order(statements: list[Statement]) -> dict[str, Statement]:
    """The statements by name, each after those it mentions; else by name. Raises ValueError where two have one name,
    graphlib.CycleError where two need each other."""
    by_name = {statement.name: statement for statement in statements}
    if len(by_name) != len(statements):
        raise ValueError("two views have one name")
    graph = TopologicalSorter({name: (one.identifiers & by_name.keys()) - {name} for name, one in by_name.items()})
    graph.prepare()
    ordered: dict[str, Statement] = {}
    while graph.is_active():
        ready = sorted(graph.get_ready())
        ordered |= {name: by_name[name] for name in ready}
        graph.done(*ready)
    return ordered


@cache
def statements() -> dict[str, Statement]:
    """Every view and macro of the store by name, in order."""
    folder = resources.files(__name__.rpartition(".")[0]) / "views"
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    of_files = [one for file in files for one in parse(file.read_text(encoding="utf-8"))]
    return in_order([*map(of_ledger, ledgers.ledgers().values()), *of_files])


def shared() -> list[str]:
    """The views that several checks read, in order."""
    return [name for name, statement in statements().items() if statement.shared]


def read_by_shared(ordered: Mapping[str, Statement]) -> dict[str, frozenset[str]]:
    """Each view that several checks read → those of them that it reads, itself or through other views. `ordered`: as
    `in_order` gives them."""
    reads: dict[str, frozenset[str]] = {}
    for name, statement in ordered.items():
        mentioned = (statement.identifiers & ordered.keys()) - {name}
        parts = (frozenset({other}) if ordered[other].shared else reads[other] for other in mentioned)
        reads[name] = frozenset().union(*parts)
    return {name: reads[name] for name, statement in ordered.items() if statement.shared}


def view_sql() -> str:
    """The statements that make all views."""
    return "\n".join(statement.sql for statement in statements().values())
