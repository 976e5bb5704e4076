-- The child that a number is, where the ledger has a code for it: several numbers may be one child.
select recipient_no, min(child_code) as child_code from {{ ref('recipients') }} where child_code is not null group by all
