with counted as (
    select recipient_no, service_month from {{ ref('claims') }}
    group by all having count(distinct facility_no) >= 2
)
select c.recipient_no, c.service_month,
       exists (from {{ ref('cap_managers') }} m
               where m.recipient_no = c.recipient_no and {{ overlaps('m', 'c.service_month') }}) as manager_filed
from counted c
join {{ ref('recipients') }} r on r.recipient_no = c.recipient_no and {{ overlaps('r', 'c.service_month') }}
group by all
having max(r.burden_cap) > 0 and not bool_or(r.free_of_charge)
