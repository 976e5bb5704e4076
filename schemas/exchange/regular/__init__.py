"""Files in which nothing is odd: their bytes go in, and typed rows come out, without a look at every line.

Most lines of a month begin as they must and are alike behind their keys. So the bytes of many files are put into one
buffer, in which lines, record numbers and keys are found by arithmetic; each line is cut where the layout tables say;
and every different part is judged once, by a pattern made from the same tables. Nothing is refused here: whatever a
pattern does not accept is judged by `parse`, and a group or a file in which anything else is odd is left to it whole. So
there is one place that says what is wrong, and what is read does not depend on which way a file has gone
(`tests/schemas/exchange/regular`).

- `buffer`: bytes to the places of lines, and to columns that refer to them.
- `heads`, `split`: the beginnings of lines; which files are regular.
- `places`, `patterns`: where lines of a record are cut, and what their parts must look like.
- `distinct`, `keys`, `runs`: which lines are equal, their keys and their groups.
- `judged`, `of_record`: parts, each different one once, to typed rows.
- `rows`: all of this together.
"""
