with billed as (
    select facility_no, recipient_no, service_month, i7 as service_type, sum(i10::bigint) as days
    from {{ ref('claim_records') }} where part = '02' group by all
), recorded as (
    select facility_no, recipient_no, service_month, service_type, count(*) filter (part = '02' and used) as days
    from {{ ref('attendance_records') }} group by all
)
select facility_no, recipient_no, service_month
from billed b join recorded r using (facility_no, recipient_no, service_month, service_type)
where b.days <> r.days
