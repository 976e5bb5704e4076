select {{ ten_digits('"受給者証番号"') }} as recipient_no, left(trim("決定サービスコード"), 2) as service_type,
       {{ whole_number('"支給量"') }} as allowance_days, coalesce("支給量算定" = '原則日数', false) as by_rule,
       {{ ledger_date('"支給決定開始日"') }} as valid_from, {{ ledger_date('"支給決定終了日"') }} as valid_to
from {{ ledger('grants') }}
where substr(trim("決定サービスコード"), 3, 1) <> '0'
