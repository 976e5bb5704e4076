select {{ ten_digits('"受給者証番号"') }} as recipient_no, {{ whole_number('"利用者負担上限月額"') }} as burden_cap,
       coalesce("無償化対象" = '2', false) as free_of_charge, {{ ledger_date('"適用開始日"') }} as valid_from,
       {{ ledger_date('"適用終了日"') }} as valid_to, nullif("児童コード", '') as child_code,
       nullif("世帯番号", '') as household_no
from {{ ledger('recipients') }}
where trim("市町村番号") = '{{ var("city") }}'
