"""`henrei columns`: a municipal standard's item list in, the [ledgers…] part of henrei.toml as a proposal out, to be looked over.

The proposal is a file of its own beside henrei.toml, which no command reads. It holds names of columns, no personal data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from henrei.errors import NOTHING, HenreiError
from henrei.files import keep_aside, write_for_user
from henrei.flows.settings import Settings
from henrei.home import SETTINGS, Home
from henrei.schemas.ledgers import Ledger, ledgers
from henrei.schemas.ledgers.item_list import ItemList, read_item_list
from henrei.schemas.ledgers.proposals import Candidate, Proposal, propose

GUESS = "推測"
UNCLEAR = "要確認"  # as a value: no ledger takes it, so a row that has it is refused until someone has looked


@dataclass
class Proposed:
    """What was proposed.

    path: the file; items, groups, code_lists: what the list holds; ledgers: title, columns, those with an item that is no
    guess, those with a guess, value tables; notes: what people must know beside.
    """

    path: Path
    items: int
    groups: int
    code_lists: int
    ledgers: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_proposals(home: Home, file: Path, settings: Settings) -> Proposed:
    """Raises HenreiError with nothing written: the file cannot be read (status 2), or holds no item list (3)."""
    items = _item_list(file)
    proposed = Proposed(home.proposed_columns, len(items.items), len(items.groups), len(items.codes))
    made = {ledger.name: propose(ledger, items) for ledger in ledgers().values()}
    text = proposal_text(file.name, items, made, settings.municipality_no)
    for name, proposals in made.items():
        guesses = sum(one.is_guess for one in proposals)
        found = sum(one.best is not None for one in proposals)
        tables = sum(bool(one.values or one.unclear) for one in proposals)
        proposed.ledgers.append((ledgers()[name].title, len(proposals), found - guesses, guesses, tables))
    data = text.encode("utf-8")
    if proposed.path.is_file() and proposed.path.read_bytes() != data:
        aside = keep_aside(proposed.path)
        proposed.notes.append(f"前からあった {proposed.path.name} は {aside.name} に残しました")
    write_for_user(proposed.path, data)
    return proposed


def _item_list(file: Path) -> ItemList:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise HenreiError(f"{file} がありません。データ項目一覧の場所を確かめてください") from None
    except OSError as problem:
        raise HenreiError(
            f"{file} を読めません。他のプログラムで開いていれば閉じてください({type(problem).__name__})"
        ) from None
    items = read_item_list(data)
    if items is None:
        raise HenreiError(
            f"{file.name} を Excel のブック(.xlsx)として開けません。Excel で開き、パスワードなしの .xlsx で保存し直してください",
            NOTHING,
        )
    if not items.items:
        raise HenreiError(
            f"{file.name} に「データ項目ID」と「データ項目」の見出しのあるシートがありません。基本データリストの Excel を指定してください",
            NOTHING,
        )
    return items


def proposal_text(source: str, items: ItemList, made: dict[str, list[Proposal]], municipality_no: str) -> str:
    """The TOML file. `made`: ledger → its proposals."""
    lines = [
        f"# 台帳の列の対応の案です。henrei columns が {_comment(source)} から作りました(項目 {len(items.items):,}、コード表 {len(items.codes):,})。",
        f"# henrei はこのファイルを読みません。確かめて、使う台帳のところだけを {SETTINGS} に写してください。",
        f"# 「{GUESS}」の行は名前が十分に似ていません。違うときは消すか、右の名前を直してください(左が henrei の列名)。",
        "# 行の終わりは、項目ID、グループ、型と桁数、似ている度合い(100が同じ)です。",
        "",
        "[ledgers]",
    ]
    for name, proposals in made.items():
        lines += ["", f"# ―― {ledgers()[name].title} ――", *_columns(ledgers()[name], proposals, municipality_no)]
        lines += _values(name, proposals)
    return "\n".join(lines) + "\n"


def _columns(ledger: Ledger, proposals: list[Proposal], municipality_no: str) -> Iterator[str]:
    groups = list(dict.fromkeys(one.best.item.group for one in proposals if one.best and one.best.item.group))
    if len(groups) > 1:
        yield f"# 案は{len(groups)}つのグループにわたります({_comment('、'.join(groups))})。1つのファイルに出してください。"
    yield f"[ledgers.columns.{ledger.name}]"
    for one in proposals:
        if one.best is None:
            yield f'# "{one.label}" = ""   # 似た項目がありません'
            continue
        mark = f"{GUESS} " if one.is_guess else ""
        yield f"{_quoted(one.label)} = {_quoted(one.best.item.name)}   # {mark}{_evidence(one.best)}"
        for number, other in enumerate(one.candidates[1:], start=2):
            yield f"#     {number}. {_quoted(other.item.name)}   {_evidence(other)}"
    repeated = [
        one.label
        for one in proposals
        if one.best and one.best.item.repeats.isdecimal() and int(one.best.item.repeats) > 1
    ]
    if repeated:
        yield f"# {'、'.join(repeated)} は繰り返しのある項目です。1行に並ぶ出力なら [[ledgers.split.{ledger.name}]] で分けます(手引き)。"
    city = next((one for one in proposals if one.label == "市町村番号"), None)
    if city is not None and (city.best is None or city.is_guess):
        yield f"[ledgers.constants.{ledger.name}]   # 列がないとき"
        yield f'"市町村番号" = {_quoted(municipality_no)}'


def _values(name: str, proposals: list[Proposal]) -> Iterator[str]:
    for one in proposals:
        if not (one.best and (one.values or one.unclear)):
            continue
        item = one.best.item
        yield f"[ledgers.values.{name}.{_quoted(one.label)}]   # {_comment(f'{item.id} {item.name}、コード {item.code}')}"
        for value, text in one.texts.items():
            if value in one.values:
                yield f"{_quoted(value)} = {_quoted(one.values[value])}   # {_comment(text)}"
            elif value in one.unclear:
                yield f"{_quoted(value)} = {_quoted(UNCLEAR)}   # {UNCLEAR} {_comment(text)}: henrei の値に直してください"


def _evidence(one: Candidate) -> str:
    item = one.item
    parts = (item.id, item.group, item.shape, f"{min(one.score, 1) * 100:.0f}")
    return _comment("  ".join(part for part in parts if part))


def _quoted(text: str) -> str:
    """A text as a string of TOML, whatever it holds."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """A text that stays on its line."""
    return "".join(letter if letter.isprintable() or letter == "\u3000" else " " for letter in text)
