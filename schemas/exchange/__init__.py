"""National exchange files: bytes go in; typed rows by record, rejected lines with reasons, and counts come out.

A file passes through these modules in this order; `read` calls the others.

- `read`: a batch of files, or pieces of a large one, and what became of each line.
- `quoting`, `lines`: bytes to lines, and lines to cells.
- `envelope`: control record, record numbers and end record; whether a file is whole.
- `groups`: the keys of each line, and the record group it belongs to.
- `parse`: lines of a record to typed rows, by the layout of their service month.
- `regular`: lines of files in which nothing is odd, to the same typed rows, without a look at each.
- `validate`: the Pandera schemas made from layouts and ledgers.
- `refused`: every line that is refused, and what the groups of these could be.
- `reject_reasons`: reason codes and their sentences.
"""
