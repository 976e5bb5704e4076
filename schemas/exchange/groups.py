"""Record groups: a claim with its 01-05, a sheet, an attendance record. One bad line refuses its whole group.

Grouping is by key and by place: a 01 opens a group, the lines after it belong to it as long as they carry its key,
and a line whose key cannot be read belongs where it stands.
"""

from __future__ import annotations

import polars as pl

from henrei.schemas import layouts
from henrei.schemas.exchange import reject_reasons
from henrei.schemas.exchange.envelope import head_cells

UNITS = {"K112": "invoice", "K122": "claim", "K411": "sheet", "K421": "sheet", "K611": "attendance"}
# Records a group cannot do without, beside its 01.
NEEDED = {"K122": ("02", "03", "04"), "K411": ("02",), "K421": ("02",)}
CANCELLATION = "3"  # 作成区分 of a sheet that comes with its 01 alone

_MONTH, _SIX, _ID = r"^\d{6}$", r"^\d{6}$", r"^[0-9A-Z]{1,10}$"


def _readable(column: pl.Expr, pattern: str) -> pl.Expr:
    bare = column.str.strip_chars(" ")
    return pl.when(bare.str.contains(pattern) & (bare.str.strip_chars("0") != "")).then(bare)


def with_keys(lines: pl.DataFrame) -> pl.DataFrame:
    """Puts in the place of the heads of `frame.with_heads`: family, part, record, known, is_data and the key items (month,
    municipality, facility, recipient, form, kind, child), null where they cannot be read. Lines in file order."""
    heads = [name for name in lines.columns if name.startswith("h") and name[1:].isdecimal()]
    # Lines that follow each other mostly begin alike: what their heads say is worked out once for a stretch of them.
    # Of a claim's lines the last cell, a service code, is no key.
    last = pl.when(pl.col("h2") != "K122").then("h8")
    same = ["file", *(name for name in heads if name not in ("h1", "h8"))]
    starts = last.ne_missing(last.shift(1)) | pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(name).shift(1)) for name in same
    )
    number = lines.select((starts | (pl.int_range(pl.len()) == 0)).cum_sum() - 1).to_series()
    first = lines.select(heads).filter(number.ne_missing(number.shift(1)))
    keys = _keys(first).select(pl.all().gather(number))
    lines = pl.concat([lines.drop(heads), keys], how="horizontal")
    return lines.with_columns(child=_children(lines["text"], keys))


def _keys(heads: pl.DataFrame) -> pl.DataFrame:
    h = [pl.col(f"h{i}") for i in range(9)]
    family, part = h[2].str.strip_chars(" "), h[3].str.strip_chars(" ")
    sheet_base = family.is_in(["K411", "K421"]) & (part == "01")
    notice = family == "K721"

    def pick(usual: int, of_sheet: int, of_notice: int) -> pl.Expr:
        return pl.when(sheet_base).then(h[of_sheet]).when(notice).then(h[of_notice]).otherwise(h[usual])

    return heads.select(
        family=family,
        part=part,
        record=pl.when(part.str.contains(r"^\d\d$")).then(family + "-" + part),
        is_data=h[0].str.strip_chars(" ").eq_missing("2"),
        month=_readable(h[4], _MONTH),
        municipality=_readable(pick(5, 6, 6), _SIX),
        facility=_readable(pick(6, 7, 5), _ID).str.zfill(10),
        recipient=pl.when(family != "K112").then(_readable(pick(7, 8, 8), _ID)).str.zfill(10),
        form=pl.when(family == "K611").then(h[8].str.strip_chars(" ")),
        kind=pl.when(sheet_base).then(h[5].str.strip_chars(" ")),
    ).with_columns(known=pl.col("record").is_in(list(layouts.records())))


def _children(text: pl.Series, keys: pl.DataFrame) -> pl.Series:
    """Whom a line of a sheet of several children speaks of; its number stands behind the usual keys."""
    speaks = keys.select((pl.col("family") == "K421") & (pl.col("part") == "02")).to_series().fill_null(False)
    said = head_cells(text.filter(speaks), 15).struct.field("field_13").alias("child")
    found = pl.DataFrame({"child": said}).select(_readable(pl.col("child"), _ID).str.zfill(10)).to_series()
    return found.gather(pl.select(pl.when(speaks).then(speaks.cum_sum() - 1)).to_series())


def with_groups(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds group: the number of the line that opens the line's group. Lines in file order, keys as above."""
    opens = pl.col("known") & (pl.col("part") == "01") | pl.col("family").eq_missing("K721")
    names = ["file", "known", "family", "month", "municipality", "facility", "recipient"]
    # A line that opens none and has the keys of the one before it is in that one's group.
    alike = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in names)
    number = lines.select((opens.fill_null(True) | ~alike | (pl.int_range(pl.len()) == 0)).cum_sum() - 1).to_series()
    first = lines.select(*names, "line", opens=opens).filter(number.ne_missing(number.shift(1)))
    return lines.with_columns(group=_groups(first).gather(number))


def _groups(lines: pl.DataFrame) -> pl.Series:
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
    unread = pl.col("key").is_null()
    before = pl.col("key").forward_fill().over("file")
    after = pl.col("key").backward_fill().over("file")
    # The next line with a key, if it opens no group of its own, belongs with the unreadable line before it.
    after_opens = pl.when(unread).then(None).otherwise("opens").backward_fill().over("file")
    belongs = pl.when(~unread).then(pl.col("key")).when(after_opens.eq_missing(False)).then(after).otherwise(before)
    family = pl.when(pl.col("known")).then(pl.col("family")).forward_fill().over("file")
    lines = lines.with_columns(belongs=belongs)
    moved = pl.col("belongs").ne_missing(pl.col("belongs").shift(1)) | family.ne_missing(family.shift(1))
    start = pl.col("opens").fill_null(False) | moved | pl.col("file").ne_missing(pl.col("file").shift(1))
    return lines.select(group=pl.when(start).then(pl.col("line")).forward_fill()).to_series()


def group_faults(lines: pl.DataFrame) -> pl.DataFrame:
    """Groups that are not whole: file, group, line (where to say it), reason_code, reason."""
    groups = lines.group_by("file", "group", maintain_order=True).agg(
        family=pl.col("family").first(),
        base=pl.col("known").first() & (pl.col("part").first() == "01"),
        parts=pl.col("part").unique(),
        kind=pl.col("kind").first(),
        forms=pl.col("form").n_unique(),
    )
    found = [
        groups.filter(~pl.col("base").fill_null(False) & (pl.col("family") != "K721")).select(
            "file", "group", reason=pl.lit(reject_reasons.NO_BASE)
        ),
        groups.filter(pl.col("base") & (pl.col("family") == "K611") & (pl.col("forms") > 1)).select(
            "file", "group", reason=pl.lit(reject_reasons.OTHER_FORM)
        ),
    ]
    for family, needed in NEEDED.items():
        for part in needed:
            found.append(
                groups.filter(
                    (pl.col("family") == family)
                    & pl.col("base")
                    & ~pl.col("parts").list.contains(part)
                    & (pl.col("kind").ne_missing(CANCELLATION))
                ).select("file", "group", reason=pl.lit(reject_reasons.missing_record(family, part)))
            )
    return (
        pl.concat(found)
        .with_columns(line=pl.col("group"), reason_code=pl.lit(reject_reasons.INCOMPLETE))
        .unique(["file", "group"], keep="first", maintain_order=True)
    )
