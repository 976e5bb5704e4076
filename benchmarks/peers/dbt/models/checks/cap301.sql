select facility_no, recipient_no, service_month
from {{ ref('claims') }} join {{ ref('several_facilities') }} using (recipient_no, service_month)
where not manager_filed
