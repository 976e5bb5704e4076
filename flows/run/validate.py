"""The exchange files of a month: read in batches, judged, and every line of every file accounted for (contract 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import date
from itertools import chain

import polars as pl

from henrei.flows import inbox
from henrei.months import record_month
from henrei.schemas.exchange import envelope, read
from henrei.schemas.exchange.groups import with_keys
from henrei.schemas.exchange.lines import is_blank, line_count, line_count_of, lines_of

COUNTS = ("lines", "loaded", "refused", "ignored")  # of a file in summary.json; the first is the sum of the others


class ExchangeFiles:
    """What came, and what became of it.

    counts: file number → lines, loaded, refused, ignored, elsewhere; frames: what each file's frame said; refused: frames
    with exchange.REJECTED_LINE; remarks: frames with exchange.REMARK; refused_groups: frames with exchange.REFUSED_GROUP.
    """

    def __init__(self, files: list[inbox.InboxFile], month: date, municipality_no: str) -> None:
        """`month` is the review month."""
        self.files = files
        self.month, self.municipality_no = month, municipality_no
        self.batches = inbox.batches(files)
        self.counts: dict[int, dict[str, int]] = {}
        self.frames: dict[int, envelope.Envelope] = {}
        self.refused: list[pl.DataFrame] = []
        self.remarks: list[pl.DataFrame] = []
        self.refused_groups: list[pl.DataFrame] = []
        self._pieces: Generator[read.Piece, None, None] | None = None
        self._judged = read.Judged()

    def close(self) -> None:
        """Stops reading ahead."""
        if self._pieces is not None:
            self._pieces.close()

    def validate(self, number: int, keep: Callable[[dict[str, list[pl.DataFrame]]], None]) -> None:
        """Reads and judges one batch; `keep` gets its rows, also those of files that turn out to be broken (`not_loaded`).
        Raises OSError."""
        files = self.batches[number]
        paths = {file.number: file.path for file in files}
        if self._pieces is None:  # of all batches, so that the next one is read while this one is judged
            loads = (read.load(file.path for file in batch) for batch in self.batches)
            self._pieces = read.ahead(chain.from_iterable(loads))
        batch = read.read_batch(paths, self.municipality_no, record_month(self.month), keep, self._pieces, self._judged)
        self.frames |= batch.envelopes
        for row in pl.concat(batch.counts).group_by("file").sum().iter_rows(named=True):
            # Control and end record are ignored by rule like blank lines.
            frame_lines = row["lines"] - row["blank"] - row["elsewhere"] - row["refused"] - row["loaded"]
            self.counts[row["file"]] = {
                "lines": row["lines"],
                "loaded": row["loaded"],
                "refused": row["refused"],
                "ignored": row["blank"] + row["elsewhere"] + frame_lines,
                "elsewhere": row["elsewhere"],
            }
        aside = [number for number, one in batch.envelopes.items() if one.fault or one.other_business]
        self.remarks += [part.filter(~pl.col("file").is_in(aside)) for part in batch.remarks]
        self.refused += [part.filter(~pl.col("file").is_in(aside)) for part in batch.rejected]
        self.refused_groups += [part.filter(~pl.col("file").is_in(aside)) for part in batch.refused_groups]
        for file in files:
            if batch.envelopes[file.number].fault:
                self._refuse_file(file, batch.envelopes[file.number])
            elif file.number in aside:
                self._ignore_file(file.number)

    def _refuse_file(self, file: inbox.InboxFile, broken: envelope.Envelope) -> None:
        """A file whose frame is broken: every line is refused, and what its lines were is remembered."""
        assert broken.fault is not None
        at, code, sentence = broken.fault
        sentence_for_all = pl.lit(f"ファイル全体を取り込みません({at}行目: {sentence})")
        ours = pl.col("municipality").fill_null(self.municipality_no) == self.municipality_no
        record = pl.col("known") | (pl.col("is_data") & pl.col("family").str.contains("^[A-Z]"))
        first, refused, parts = 1, 0, [pl.DataFrame(schema=read.REFUSED_GROUP)]
        for data, _, _ in read.pieces(file.path):
            solid = envelope.with_heads(lines_of([data], first).filter(~is_blank(pl.col("text"))))
            lines = with_keys(envelope.with_originals(solid)).with_columns(file=pl.lit(file.number, dtype=pl.UInt32))
            self.refused.append(
                lines.select(
                    "file",
                    "line",
                    "record",
                    item_no=pl.lit(None, dtype=pl.Int64),
                    item_name=pl.lit(None, dtype=pl.String),
                    reason_code=pl.lit(code),
                    reason=sentence_for_all,
                )
            )
            first, refused = first + line_count(data), refused + lines.height
            records = lines.filter(record.fill_null(False) & ours).with_columns(group=pl.col("line"))
            groups = read.describe_groups(records).with_columns(group=pl.lit(None, dtype=pl.Int64))
            parts.append(groups.unique(maintain_order=True))
        self.counts[file.number] |= {
            "loaded": 0,
            "refused": refused,
            "ignored": self.counts[file.number]["lines"] - refused,
            "elsewhere": 0,
        }
        groups = pl.concat(parts).unique(maintain_order=True)
        if broken.other_business or not (groups.height or broken.control or broken.unreadable):
            return  # another business's, or no exchange file at all
        # Nobody can say what is missing of it: a group of which nothing can be read, of the facility that the control
        # record names (of any facility where it names none), and one of each facility that its lines name.
        kind = envelope.DATA_TYPES.get(broken.first_id or "") or broken.data_type
        unit = read.UNIT_OF_TYPE.get(kind or "")
        named = groups["facility_no"].drop_nulls().unique().sort().to_list()
        nothing = pl.DataFrame(
            [{"file": file.number, "unit": unit, "facility_no": facility} for facility in (None, *named)],
            schema=read.REFUSED_GROUP,
        )
        self.refused_groups += [groups, nothing]

    def _ignore_file(self, number: int) -> None:
        """A file that is none of henrei's business: every line is ignored."""
        lines = self.counts[number]["lines"]
        self.counts[number] |= {"loaded": 0, "refused": 0, "ignored": lines, "elsewhere": 0}

    @property
    def not_loaded(self) -> list[int]:
        """The numbers of files of which nothing is loaded: their frame is broken, or they are another business's."""
        return [number for number, frame in self.frames.items() if frame.fault or frame.other_business]

    @property
    def others(self) -> list[str]:
        """The names of files of another business, each with the type that its control record says."""
        kinds = {file.name: self.frames[file.number].control for file in self.files if self.kind_of(file) == "other"}
        return [f"{name} ({control.data_type})" for name, control in kinds.items() if control]

    def kind_of(self, file: inbox.InboxFile) -> str:
        """The kind of a file as summary.json says it; known once the files are read."""
        if file.kind != "exchange":
            return "unknown" if file.kind == "other" else file.kind
        frame = self.frames[file.number]
        if frame.fault or frame.control is None:
            return "broken"
        if frame.other_business:
            return "other"
        return frame.data_type if frame.data_type in read.KINDS else "unknown"

    def nothing_usable(self) -> str:
        """The sentence for a month without any file that henrei reads."""
        first = next(file for file in self.files if file.kind == "exchange")
        frame = self.frames[first.number]
        more = sum(file.kind == "exchange" for file in self.files) - 1
        others = f"(ほか{more}ファイル)" if more else ""
        if frame.fault is None:
            return (
                f"{first.name}:1 henrei が読む種類の交換ファイルではありません{others}。K11・K41・K61 を入れてください"
            )
        return f"{first.name}:{frame.fault[0]} 取り込めるファイルがありません{others}。{frame.fault[2]}"

    def check_sums(self) -> None:
        """Copies and files with another extension are ignored by rule; then every line of every file is somewhere."""
        for file in self.files:
            if file.kind in ("duplicate", "other"):
                lines = line_count_of(file.path)
                self.counts[file.number] = {
                    "lines": lines,
                    "loaded": 0,
                    "refused": 0,
                    "ignored": lines,
                    "elsewhere": 0,
                }
            count = self.counts[file.number]
            if count["lines"] != count["loaded"] + count["refused"] + count["ignored"] or min(count.values()) < 0:
                raise AssertionError(f"{file.name}: lines went astray: {count}")
        refused = sum(part.height for part in self.refused)
        if refused != sum(count["refused"] for count in self.counts.values()):
            raise AssertionError(f"{refused} lines refused, but the files say otherwise")

    def refuse_duplicates(self, lines: pl.DataFrame) -> None:
        """Lines of claims and attendance records whose key came more than once (duplicates.find_duplicates)."""
        nothing = {"item_no": pl.lit(None, dtype=pl.Int64), "item_name": pl.lit(None, dtype=pl.String)}
        if lines.height:
            self.refused.append(
                lines.with_columns(**nothing).select(pl.col(n).cast(kind) for n, kind in read.REJECTED_LINE.items())
            )
            places = lines.select(pl.col("file").cast(pl.UInt32), "line")
            self.remarks = [part.join(places, on=["file", "line"], how="anti") for part in self.remarks]
        for file, lost in lines.group_by("file").len().iter_rows():
            self.counts[file]["loaded"] -= lost
            self.counts[file]["refused"] += lost
