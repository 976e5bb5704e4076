with used as (
    -- Days of a child at one facility under two numbers are the same days.
    select child, service_month, service_type, count(*) as days
    from (select distinct child, service_month, service_type, facility_no, use_date from {{ ref('use_days_by_child') }})
    group by all
)
select d.facility_no, d.recipient_no, d.service_month
from {{ ref('use_days_by_child') }} d
join used u using (child, service_month, service_type)
join {{ ref('allowances') }} a
  on a.recipient_no = d.recipient_no and a.service_month = d.service_month and a.service_type = d.service_type
semi join {{ ref('claims') }} c
  on c.facility_no = d.facility_no and c.recipient_no = d.recipient_no and c.service_month = d.service_month
where u.days > a.used
