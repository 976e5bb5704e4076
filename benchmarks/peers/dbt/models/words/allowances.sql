with wanted as (
    select recipient_no, service_month, service_type from {{ ref('use_days') }}
    union
    select recipient_no, service_month, service_type from {{ ref('contracts') }}
)
select w.recipient_no, w.service_month, w.service_type,
       max(case when g.by_rule then day(last_day(w.service_month)) - 8 else g.allowance_days end) as used,
       max(case when g.by_rule then 23 else g.allowance_days end) as contracted
from wanted w
join {{ ref('base_grants') }} g using (recipient_no, service_type)
where {{ overlaps('g', 'w.service_month') }}
group by all
having bool_and(g.by_rule or g.allowance_days is not null)
