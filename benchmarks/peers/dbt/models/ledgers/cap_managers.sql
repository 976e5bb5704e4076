select {{ ten_digits('"受給者証番号"') }} as recipient_no, {{ ledger_date('"有効開始日"') }} as valid_from,
       {{ ledger_date('"有効終了日"') }} as valid_to
from {{ ledger('cap_managers') }}
