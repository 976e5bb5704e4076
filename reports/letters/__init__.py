"""Letters to the facilities: the reminders before a month's claims come, the 確認依頼 before anything is decided, the notices at
close, and returns.csv.

The room: `letter` says what a kind of letter is; `notice`, `inquiry` and `reminder` are those there are, each with its content,
its workbook and its LETTER, and a template in templates/. `build` makes the files of any of them: it reads a month once
(`inputs`), sets PDFs (`pdf`) and protects both (`encryption`). Letters share `content`, `instruction` (what to do, by state
and reader), `day_grid`, `day_text`, `returned`, `blocks` (one a cause), `resubmission`, `rejected_lines` and `workbook_parts`;
`return_list` makes returns.csv. docs/examples/ shows twenty of them. What an inquiry asks is in `questions`; its
workbook comes back filled in, and `read_answers` reads it by what `answer_sheet` says it carries. Every text passes `redaction`: a letter never
names another facility or its children, unless henrei.toml allows it.
"""
