select {{ ten_digits('"事業所番号"') }} as facility_no, {{ ten_digits('"受給者証番号"') }} as recipient_no,
       {{ ledger_date('"サービス提供年月"') }} as service_month,
       coalesce({{ ledger_date('"処理年月"') }}, {{ ledger_date('"申立年月"') }} + interval 1 month)::date as due
from {{ ledger('petitions') }}
