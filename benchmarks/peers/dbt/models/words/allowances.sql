with wanted as (
    select recipient_no, service_month, service_type from {{ ref('use_days') }}
    union
    select recipient_no, service_month, service_type from {{ ref('contracts') }}
), numbers as (
    select w.recipient_no, coalesce(o.recipient_no, w.recipient_no) as number
    from (select distinct recipient_no from wanted) w
    left join {{ ref('children') }} c using (recipient_no)
    left join {{ ref('children') }} o on o.child_code = c.child_code
)
select w.recipient_no, w.service_month, w.service_type,
       max(case when g.by_rule then day(last_day(w.service_month)) - 8 else g.allowance_days end) as used,
       max(case when g.by_rule then 23 else g.allowance_days end) as contracted
from wanted w
join numbers n using (recipient_no)
join {{ ref('base_grants') }} g on g.recipient_no = n.number and g.service_type = w.service_type
where {{ overlaps('g', 'w.service_month') }}
group by all
having bool_and(g.by_rule or g.allowance_days is not null)
