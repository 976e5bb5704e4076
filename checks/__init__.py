"""The checks: one SQL file each, in a folder a group, its examples beside it. Dropping in the two files adds a check.

This is the contract of a check, between its files and the modules here: `catalogue` reads the files, `runner` runs them,
`findings` makes rows of findings.csv of what they return, `examples` puts their examples into a store, `explain` and
`docs_page` show everything, `scaffold` begins a new one.

The header
    The file `<group>/<code>_<name>.sql` begins with a comment of TOML. Always: code (three letters that the group shares,
    three digits), name, title, severity (return, review, notice) and subject (claim, sheet, attendance, petition,
    facility), needs (ledgers, `<ledger>.<column>` where at least one row must hold it, and `outcomes` for those of earlier
    months), and for people source, why and logic. Where there is cause: federation (the error codes of 国保連 for the
    same rule), at_issue (see below), role (one of `catalogue.ROLES`) and days (true: it is about days of use), which reports
    go by, and together: what letters say in place of the message where several findings are one cause ({dates} {services}
    {month}), and needless: reasons for which nothing need be sent again after a return. Then tables of sentences:

    [message]                by reason, `default` where the SQL gives none: what is wrong, a fact that is true before and
                             after the decision, no instruction. {dates} {observed} {expected} {services} {month} {detail}
                             are filled in; yen and dates in them are written as people write them (`texts.for_people`)
    [asked]                  what the facility is asked to do, by what became of it: the city asks and nothing is
    [returned]               decided; the claim or sheet was returned; it was paid all the same; there is nothing to do.
    [paid]                   Keys are `<reason>.<reader>`, `<reason>`, `default.<reader>`, `default`, the first that is
    [known]                  there. A reader is the child's filed cap manager (manager), a facility beside it (related) or
                             neither (biller). {dates} {services} {month} are filled in, {window} (when claims
                             are received next) once at most, {kind} (the sheet's 作成区分). Findings on a facility, a record
                             or a petition are never returned or paid: they have [asked] and [known] alone. The column
                             `action` of findings.csv is made of them (`texts.action`)
    [message_all_cities]     for a check that run-all judges again over the children of all cities ({cities}: how many)
    [undetermined]           by reason: why a subject could not be judged

The SQL
    One query on the views of store/views/ and the tables of the law, `rule_<name>`, joined by service month. It is about
    the current review month; sentences, ids and people's names are no matter of it. Each row is about one subject and has
    facility_no, recipient_no (null where the facility is the subject), service_month, and of these what it has to add:

    service_type             61, 63 …
    use_date                 one day; several rows make several days of one finding
    observed, expected       what was billed, what should be; for people
    detail                   text for {detail}
    other_facility           one that is concerned, too
    group_recipient, group_of  findings of one recipient, month and `group_of` (a text: a type, a facility) belong together
    decided_part             true: a decided claim is part of the reason, so a petition must come first
    amount_yen               what is at stake, where it is not the claim's 給付費
    at_issue, units_at_issue, days_at_issue  the yen that the mistake concerns, or units or days that it does (see below)
    severity, reason, subject  where they are not the header's, or not `default`
    at_most                  the gravest it may be, whatever the city sets: `review` where it rests on a row of the law that
                             is not certain (its `severity`), or where refused ledger rows cannot be read (unless_unreadable)
    undetermined             the reason why the subject could not be judged; null: the row is part of a finding

At issue
    is the yen that a mistake concerns, which may be much less than the claim's 給付費: worklist and casebook order by it. The
    header's at_issue says how it is known. `claim`: all of the 給付費 at stake. `days`: the days of the finding, each the total
    cost of the service type ÷ its billed days (view type_costs). `given`: the SQL returns it, as yen (at_issue), as units,
    to which the unit price is put (units_at_issue), or as days, valued as above (days_at_issue); of several rows of one type
    with the same `observed` the largest counts, then they are added up. Days count as far as they are billed, yen are
    rounded down, and never more than the 給付費 at stake. Without at_issue, and where the claim does not say what is needed, it
    cannot be said.

What was refused
    accuses nobody: no return finding may come up because a line was refused. The header's table [refused] names each kind
    of record (claims, sheets, attendance, invoices, notices) and each ledger that the SQL reads, through views, too. It
    says `guarded` where the SQL looks (store/views/refused.sql: could_be_refused, row_refused, facility_row_refused,
    key_row_refused, code_row_refused, unless_unreadable), else in a sentence why a row that is missing cannot accuse.

Undetermined
    What cannot be judged is a result of its own and no finding: the ledger does not know the facility, no row of the law
    covers the month, a record may be among the rejected lines. A subject with a finding is not undetermined. A check as a
    whole is not judged where something it needs is absent or henrei.toml disables it; its SQL is then not run.

What is added
    The runner puts the rows of one subject (of a facility: and service type) together into one finding: the gravest row
    gives severity and reason, days and texts are joined. The city's own severity and the brake, which lowers the return
    findings of a check that hits suspiciously much, come after. `findings` adds the sentences, ids, 給付費, and the place
    in the files.
"""
