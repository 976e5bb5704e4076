"""Makes letters of any kind: the store in, their files in out/<month>/ out. Called by close, verify and inquire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path

import duckdb

from henrei.publication import file_name
from henrei.reports.letters.inputs import Issuer, Key, LetterInputs, gather
from henrei.reports.letters.letter import Content, Letter
from henrei.reports.letters.pdf import Typesetter


def stage(
    letter: Letter[Content],
    con: duckdb.DuckDBPyConnection,
    out: Path,
    issuer: Issuer,
    messages: Mapping[Key, str] | None = None,
    issued: date | None = None,
) -> int:
    """Makes the letters of the current review month of `con` beside their place in `out`, which is out/<month>; the
    letter's publication publishes them. `messages`: 事業所への一言 by claim or sheet; `issued`: the day on them.

    Returns how many facilities get one. Raises HenreiError where a facility has no password.
    """
    inputs = gather(con, issuer, messages, issued)
    contents = letter.contents(inputs)
    stage_contents(letter, inputs, contents, out)
    return len(contents)


def stage_contents(letter: Letter[Content], inputs: LetterInputs, contents: Mapping[str, Content], out: Path) -> None:
    """The same for contents that the caller has made of `inputs`, because it must know what the letters say."""
    more = letter.more(inputs, contents)
    letter.publication.stage(out, chain(_files(letter, inputs, contents), more))


def write(letter: Letter[Content], con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """The same, in place of those that are there. Raises HenreiError also where another program holds one of these."""
    letter.publication.refuse_if_open(out)
    count = stage(letter, con, out, issuer)
    letter.publication.publish(out)
    return count


def _files(
    letter: Letter[Content], inputs: LetterInputs, contents: Mapping[str, Content]
) -> Iterator[tuple[str, bytes]]:
    """The workbook and the PDF of every facility, one after the other: name below out/<month>/ and bytes."""
    passwords, typesetter = inputs.issuer.passwords, Typesetter(letter.template)
    if passwords:
        passwords.require(contents)
    for facility, content in contents.items():
        path = f"{letter.publication.name}/{file_name(facility)}"
        workbook, pdf = letter.workbook(content, inputs.month), typesetter.pdf(content, inputs.month)
        yield f"{path}.xlsx", passwords.workbook(facility, workbook) if passwords else workbook
        yield f"{path}.pdf", passwords.pdf(facility, pdf) if passwords else pdf
