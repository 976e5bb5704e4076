"""Record groups: lines with their first cells go in, the same lines with their keys and their group come out.

A group is a claim with its 01-05, a sheet or an attendance record; one bad line rejects its whole group. Grouping is by
key and by place: a 01 opens a group, the lines after it belong to it as long as they have its key, and a line whose key
cannot be read belongs to the group around it. Called by `read`, by the splitting of a shared inbox and by the letters.
"""

from __future__ import annotations

import re
from collections import Counter

import polars as pl

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.exchange.envelope import CITY_ID, head_cells
from henrei.schemas.layouts import (
    FAMILY_CELL,
    HEAD_ROLES,
    LEADING_ITEMS,
    PART_CELL,
    cells_with,
    key_cells,
    layouts,
    records,
)

BASE = "01"  # the part that opens a group
RETURN_LIST = "K721"  # of which every line is a group
# The beginning of a line that opens a group, as `with_groups` sees it; the line before it may be cut off there.
OPENING = re.compile(
    rf'\n[" ]*2[" ]*,[^,\n]{{1,14}},[" ]*(?:{RETURN_LIST}|(?:{CITY_ID}[" ]*,[" ]*)?K[0-9]{{3}}[" ]*,[" ]*{BASE})[" ]*,'.encode()
)

UNITS = {
    "K112": "invoice",
    "K122": "claim",
    "K411": "sheet",
    "K421": "sheet",
    "K611": "attendance",
    "K721": "notice",
}
# Returns of other things than claims and sheets are nothing's missing outcome, nor are the headings of the list.
OTHER_NOTICE = "other_notice"
_OTHER_KINDS = ("サ", "請", "計")
# The parts that a group must have after its 01.
NEEDED = {"K122": ("02", "03", "04"), "K411": ("02",), "K421": ("02",)}
CANCELLATION = "3"  # 作成区分 of a sheet that comes with its 01 alone

_MONTH, _SIX, _ID = r"^\d{6}$", r"^\d{6}$", r"^[0-9A-Z]{1,10}$"


def _readable(column: pl.Expr, pattern: str) -> pl.Expr:
    """Without blanks around it; null where it does not match or has nothing but zeros."""
    bare = column.str.strip_chars(" ")
    return pl.when(bare.str.contains(pattern) & (bare.str.strip_chars("0") != "")).then(bare)


def with_keys(lines: pl.DataFrame) -> pl.DataFrame:
    """Replaces the heads of lines in file order (`envelope.with_heads`) by what they say.

    family, part and record (K122, 01, K122-01), known (whether henrei reads such a record), is_data (whether the line says
    that it is a data record), and the keys month, municipality, facility, recipient, form, kind and child, null where
    they cannot be read.
    """
    heads = [f"h{cell}" for cell in range(key_cells())]
    # Lines that follow each other mostly begin alike: their keys are read once for a run of such lines.
    # Of a claim's lines the last of these cells, a service code, is no key.
    last = pl.when(~pl.col("h2").is_in(_short_families())).then(heads[-1])
    compared = ["file", *(name for name in heads[:-1] if name != "h1")]
    differs = last.ne_missing(last.shift(1)) | pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(name).shift(1)) for name in compared
    )
    run = lines.select((differs | (pl.int_range(pl.len()) == 0)).cum_sum() - 1).to_series()
    first = lines.select(heads).filter(run.ne_missing(run.shift(1)))
    keys = _keys(first).select(pl.all().gather(run))
    lines = pl.concat([lines.drop(heads), keys], how="horizontal")
    return lines.with_columns(child=_children(lines["text"], keys))


def _families() -> dict[str, list[str]]:
    """Family → its records."""
    families: dict[str, list[str]] = {}
    for record in records():
        families.setdefault(record[:4], []).append(record)
    return families


def _short_families() -> list[str]:
    """Families whose lines have no key in the last of the `key_cells`."""
    last = key_cells() - 1
    long = {record[:4] for role in HEAD_ROLES for record, cell in cells_with(role).items() if cell == last}
    return sorted(_families().keys() - long)


def _cell(role: str, *, of_others: bool) -> pl.Expr:
    """The cell with a key of lines that have h0, h1 …, family and record.

    A part that henrei does not know has it where all parts of its family have it. Where these differ, and with
    `of_others` in an unknown family, it is where most records have it, so that such a line finds its group.
    """
    cells = cells_with(role)
    usual = Counter(cells.values()).most_common(1)[0][0]
    cell = pl.col(f"h{usual}") if of_others else pl.lit(None, pl.String)
    for family, parts in _families().items():
        own = {record: cells[record] for record in parts if record in cells}
        places = set(own.values())
        if not own:
            cell = pl.when(pl.col("family") != family).then(cell)
        elif len(places) == 1:
            cell = pl.when(pl.col("family") == family).then(f"h{places.pop()}").otherwise(cell)
        else:
            for record, place in own.items():
                cell = pl.when(pl.col("record") == record).then(f"h{place}").otherwise(cell)
    return cell


def _keys(heads: pl.DataFrame) -> pl.DataFrame:
    """The columns of `with_keys` but child, from h0, h1 …"""
    family, part = (pl.col(f"h{cell}").str.strip_chars(" ") for cell in (FAMILY_CELL, PART_CELL))
    heads = heads.with_columns(family=family, part=part).with_columns(
        record=pl.when(pl.col("part").str.contains(r"^\d\d$")).then(pl.col("family") + "-" + pl.col("part"))
    )
    return heads.select(
        "family",
        "part",
        "record",
        is_data=pl.col("h0").str.strip_chars(" ").eq_missing("2"),
        month=_readable(_cell("month", of_others=True), _MONTH),
        municipality=_readable(_cell("municipality", of_others=True), _SIX),
        facility=_readable(_cell("facility", of_others=True), _ID).str.zfill(10),
        recipient=_readable(_cell("recipient", of_others=True), _ID).str.zfill(10),
        form=_cell("form", of_others=False).str.strip_chars(" "),
        kind=pl.when(pl.col("part") == BASE).then(_cell("kind", of_others=False)).str.strip_chars(" "),
        known=pl.col("record").is_in(list(records())),
    )


def _children(text: pl.Series, keys: pl.DataFrame) -> pl.Series:
    """The child that a line of a household's sheet is about; its number comes after the cells of `with_heads`."""
    ((record, cell),) = cells_with("child").items()
    has_child = keys.select(pl.col("record") == record).to_series().fill_null(False)
    cells = head_cells(text.filter(has_child), cell + 2).struct.field(f"field_{cell}").alias("child")
    children = cells.to_frame().select(_readable(pl.col("child"), _ID).str.zfill(10)).to_series()
    return children.gather(pl.select(pl.when(has_child).then(has_child.cum_sum() - 1)).to_series())


def with_units(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds unit (of UNITS, or OTHER_NOTICE) and service_month to lines with `with_keys`; null where unreadable.

    A return list begins with the month it was accepted in; the service month comes behind, with the kind.
    """
    record = f"{RETURN_LIST}-02"
    kept = layouts(record)[-1].kept
    month_cell, kind_cell = (LEADING_ITEMS + kept[name].no - 1 for name in ("service_month", "kind"))
    is_return = lines.select(pl.col("record").eq_missing(record)).to_series()
    cells = head_cells(lines["text"].filter(is_return), max(month_cell, kind_cell) + 2).struct.unnest()
    of_returns = cells.select(
        month=_readable(pl.col(f"field_{month_cell}"), _MONTH), kind=pl.col(f"field_{kind_cell}").str.strip_chars(" ")
    ).select(pl.all().gather(pl.select(pl.when(is_return).then(is_return.cum_sum() - 1)).to_series()))
    unit = pl.col("family").replace_strict(UNITS, default=None)
    heading = pl.col("record").eq_missing(f"{RETURN_LIST}-{BASE}")
    other = heading | lines.select(of_returns["kind"].is_in(_OTHER_KINDS)).to_series().fill_null(False)
    month = pl.when(pl.col("family").eq_missing(RETURN_LIST)).then(of_returns["month"]).otherwise("month")
    return lines.with_columns(
        unit=pl.when(other).then(pl.lit(OTHER_NOTICE)).otherwise(unit),
        service_month=(month + "01").str.to_date("%Y%m%d", strict=False),
    )


def with_groups(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds group: the number of the line that opens the line's group. Lines in file order, with `with_keys`."""
    opens = pl.col("known") & (pl.col("part") == BASE) | pl.col("family").eq_missing(RETURN_LIST)
    names = ["file", "known", "family", "month", "municipality", "facility", "recipient"]
    # A line that opens none and has the keys of the one before it is in that one's group.
    alike = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in names)
    run = lines.select((opens.fill_null(True) | ~alike | (pl.int_range(pl.len()) == 0)).cum_sum() - 1).to_series()
    first = lines.select(*names, "line", opens=opens).filter(run.ne_missing(run.shift(1)))
    return lines.with_columns(group=_groups(first).gather(run))


def _groups(lines: pl.DataFrame) -> pl.Series:
    """The groups of lines that have their keys, opens (whether the line opens a group) and family."""
    no_recipient = pl.col("family") == "K112"
    lines = lines.with_columns(
        key=pl.concat_str(
            "month",
            "municipality",
            "facility",
            pl.when(no_recipient).then(pl.lit("")).otherwise(pl.col("recipient")),
            separator="|",
        )
    )
    unreadable = pl.col("key").is_null()
    before = pl.col("key").forward_fill().over("file")
    after = pl.col("key").backward_fill().over("file")
    # The next line with a key, if it opens no group of its own, belongs with the unreadable line before it.
    after_opens = pl.when(unreadable).then(None).otherwise("opens").backward_fill().over("file")
    key = pl.when(~unreadable).then(pl.col("key")).when(after_opens.eq_missing(False)).then(after).otherwise(before)
    family = pl.when(pl.col("known")).then(pl.col("family")).forward_fill().over("file")
    lines = lines.with_columns(key=key)
    differs = pl.col("key").ne_missing(pl.col("key").shift(1)) | family.ne_missing(family.shift(1))
    start = pl.col("opens").fill_null(False) | differs | pl.col("file").ne_missing(pl.col("file").shift(1))
    return lines.select(group=pl.when(start).then(pl.col("line")).forward_fill()).to_series()


def group_faults(lines: pl.DataFrame) -> pl.DataFrame:
    """Groups that are not whole: file, group, line (the group's first), reason_code, reason."""
    groups = lines.group_by("file", "group", maintain_order=True).agg(
        family=pl.col("family").first(),
        base=pl.col("known").first() & (pl.col("part").first() == BASE),
        parts=pl.col("part").unique(),
        kind=pl.col("kind").first(),
        forms=pl.col("form").n_unique(),
    )
    faults = [
        groups.filter(~pl.col("base").fill_null(False) & (pl.col("family") != RETURN_LIST)).select(
            "file", "group", reason=pl.lit(reject_reasons.NO_BASE)
        ),
        groups.filter(pl.col("base") & (pl.col("family") == "K611") & (pl.col("forms") > 1)).select(
            "file", "group", reason=pl.lit(reject_reasons.OTHER_FORM)
        ),
    ]
    for family, needed in NEEDED.items():
        for part in needed:
            faults.append(
                groups.filter(
                    (pl.col("family") == family)
                    & pl.col("base")
                    & ~pl.col("parts").list.contains(part)
                    & (pl.col("kind").ne_missing(CANCELLATION))
                ).select("file", "group", reason=pl.lit(reject_reasons.missing_record(family, part)))
            )
    return (
        pl.concat(faults)
        .with_columns(line=pl.col("group"), reason_code=pl.lit(reject_reasons.INCOMPLETE))
        .unique(["file", "group"], keep="first", maintain_order=True)
    )
