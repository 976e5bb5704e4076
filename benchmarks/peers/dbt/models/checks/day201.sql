select a.facility_no, a.recipient_no, a.service_month
from {{ ref('use_days_by_child') }} a
join {{ ref('use_days_by_child') }} b using (child, use_date)
semi join {{ ref('claims') }} c
  on c.facility_no = a.facility_no and c.recipient_no = a.recipient_no and c.service_month = a.service_month
where (a.service_type in ('61', '63', '65') and b.service_type in ('61', '63', '65')
       and (a.facility_no <> b.facility_no or a.service_type <> b.service_type))
   or (a.service_type = '64' and b.service_type = '64' and a.facility_no <> b.facility_no)
