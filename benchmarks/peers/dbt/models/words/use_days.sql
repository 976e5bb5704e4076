select facility_no, recipient_no, service_month, service_type, (service_month + (day - 1))::date as use_date,
       count(*) as row_count
from {{ ref('attendance_records') }}
where part = '02' and used
group by all
