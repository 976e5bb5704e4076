"""The house rules that no tool knows: words, paths of a home, codes of checks, first lines (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from henrei.checks.catalogue import catalogue

ROOT = Path(__file__).parents[1]
PRODUCT = ("henrei", "flows", "reports", "checks", "store", "data/rules", "schemas")
FILES = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))]
# Words of a private language, in any form: what they meant has a plain name in CONTRIBUTING.md.
WORDS = {"skin", "trouble", "shelf", "papers", "prints", "lived", "told", "said", "word", "words", "stand", "stands"}
WORDS |= {"standing", "hand", "hands", "handing", "wish", "taken", "mend", "settling"}


def names(tree: ast.AST) -> Iterator[str]:
    """Every name that a module gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def parts(name: str) -> list[str]:
    """`words_given`, `WordsGiven` → words, given."""
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def first_lines(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield (ast.get_docstring(node) or "").partition("\n")[0]


def faults(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    where = path.relative_to(ROOT).as_posix()
    found = [f"{where}: {name}" for name in sorted(set(names(tree))) if WORDS & set(parts(name))]
    lines = (line for line in first_lines(tree) if WORDS & set(re.findall(r"[a-z]+", line.lower())))
    return found + [f"{where}: «{line}»" for line in lines]


def test_a_word_of_a_private_language_is_seen() -> None:
    tree = ast.parse('def f(wordsGiven):\n    """What is told."""\n    shelf_of = 1\n    a.hand = 2')
    assert [name for name in names(tree) if WORDS & set(parts(name))] == ["wordsGiven", "shelf_of", "hand"]
    assert list(first_lines(tree)) == ["", "What is told."]
    assert parts("DecisionFile") == ["decision", "file"] and parts("_LARGE") == ["large"]


@pytest.mark.parametrize("folder", PRODUCT)
def test_names_and_first_lines_use_plain_words(folder: str) -> None:
    assert [fault for path in sorted((ROOT / folder).rglob("*.py")) for fault in faults(path)] == []


def test_every_module_says_what_goes_in_and_out() -> None:
    """The one exception is a folder that only holds others."""
    silent = [
        path.relative_to(ROOT).as_posix() for path in FILES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert [name for name in silent if (ROOT / name).stat().st_size] == []


def test_only_home_puts_paths_of_a_home_together() -> None:
    """`home / "out"`, `root / "books"` and their like: ask `Home` (henrei/home.py)."""
    joined = re.compile(r'/ f?"(inbox|out|books|ledgers|\.henrei|\.prefect|henrei\.toml|henrei\.duckdb)\b')
    lines = [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if joined.search(line)
    ]
    allowed = {"henrei/home.py": "owns them", "flows/cities/run_all.py": "the federation's folder is no home"}
    assert [line for line in lines if line.partition(":")[0] not in allowed] == []


def test_no_check_is_known_outside_its_folder() -> None:
    """What a report must know of a check is a field of its header. A code as an example in a sentence is none."""
    codes = {*catalogue(), *(code[:3] for code in catalogue())}
    known = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: {node.value}"
        for path in FILES
        if path.relative_to(ROOT).parts[0] != "checks"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in codes
    ]
    assert known == []


def test_the_fast_suite_has_most_functions_and_every_example(functions: tuple[set[str], set[str]]) -> None:
    """`make test-fast` is what people run: it may not become fast by leaving out."""
    every, fast = functions
    assert len(fast) >= 0.7 * len(every)
    assert "tests/checks/test_examples.py::test_example" in fast
