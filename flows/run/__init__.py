"""The monthly run: a month's inbox in, findings in the store and the files of out/<month>/ out.

pipeline      the shape of a run: stages of coarse parts, driven with or without Prefect
computation   receive, validate, load and check: the same for a run and for computing a month again
validate      exchange files in batches, every line accounted for
ledgers       which ledger counts for the month
outputs       rejects, findings and the other files of a run
summary       summary.json and its overview
worklist      the worklist of a run, and what people typed into the one before
monthly_run   `henrei run`: a computation that becomes the month's
recompute     the same computation into another database, for rebuild and verify
"""
