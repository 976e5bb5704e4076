select d.facility_no, d.recipient_no, d.service_month
from {{ ref('claim_use_days') }} d
semi join {{ ref('recipients') }} r on r.recipient_no = d.recipient_no
anti join {{ ref('base_grants') }} g on g.recipient_no = d.recipient_no and g.service_type = d.service_type
