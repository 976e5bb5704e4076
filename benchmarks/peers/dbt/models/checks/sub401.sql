select facility_no, recipient_no, service_month
from {{ ref('sheets') }} join {{ ref('states') }} using (facility_no, recipient_no, service_month)
where submission_kind = '1' and kind = '利' and decided
