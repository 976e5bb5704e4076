"""Letters to the facilities: the 確認依頼 before anything is decided, the notices at close, and returns.csv.

The room: `inputs` reads a month's findings, outcomes and names; `content` puts the parts together that every letter has,
with `resubmission`, `rejected_lines` and `redaction`; `notice` and `inquiry` are the letters; `workbooks` and `pdf` make
files of them, `return_list` makes returns.csv; `encryption` protects, `build` does it all. A letter never names another
facility or its children, unless henrei.toml allows it.
"""
