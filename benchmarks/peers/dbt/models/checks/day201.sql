select a.facility_no, a.recipient_no, a.service_month
from {{ ref('claim_use_days') }} a
join {{ ref('use_days') }} b using (recipient_no, use_date)
where (a.service_type in ('61', '63', '65') and b.service_type in ('61', '63', '65')
       and (a.facility_no <> b.facility_no or a.service_type <> b.service_type))
   or (a.service_type = '64' and b.service_type = '64' and a.facility_no <> b.facility_no)
