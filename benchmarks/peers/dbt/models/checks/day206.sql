with turns as (
    select distinct recipient_no, service_month, service_type, greatest(valid_from, service_month) as turn
    from {{ ref('contracts') }} where valid_from <= last_day(service_month)
), sums as (
    select recipient_no, service_month, service_type, t.turn, sum(k.amount) as amount
    from {{ ref('contracts') }} k join turns t using (recipient_no, service_month, service_type)
    where k.valid_from <= t.turn and (k.valid_to is null or k.valid_to >= t.turn)
    group by all
), over_allowance as (
    select recipient_no, service_month, service_type
    from sums s join {{ ref('allowances') }} a using (recipient_no, service_month, service_type)
    where s.amount > a.contracted * 100
)
select facility_no, recipient_no, service_month
from {{ ref('contracts') }} semi join over_allowance using (recipient_no, service_month, service_type)
