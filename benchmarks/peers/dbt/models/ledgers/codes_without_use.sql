-- Add-ons that may be billed for a day without use.
select "サービスコード" as service_code, {{ ledger_date('"有効開始日"') }} as valid_from, {{ ledger_date('"有効終了日"') }} as valid_to
from {{ ledger('service_codes') }}
where list_has_any(string_split("加算キー", ';'), ['cap_management', 'transition_support'])
