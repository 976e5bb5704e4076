with over_allowance as (
    select recipient_no, service_month, service_type
    from {{ ref('use_days') }} join {{ ref('allowances') }} using (recipient_no, service_month, service_type)
    group by all having count(*) > max(used)
)
select facility_no, recipient_no, service_month
from {{ ref('claim_use_days') }} semi join over_allowance using (recipient_no, service_month, service_type)
