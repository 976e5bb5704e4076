select d.facility_no, d.recipient_no, d.service_month
from {{ ref('claim_use_days') }} d
semi join {{ ref('recipients') }} r on r.recipient_no = d.recipient_no
semi join {{ ref('base_grants') }} g on g.recipient_no = d.recipient_no and g.service_type = d.service_type
anti join {{ ref('base_grants') }} c
  on c.recipient_no = d.recipient_no and c.service_type = d.service_type and d.use_date between c.valid_from and c.valid_to
