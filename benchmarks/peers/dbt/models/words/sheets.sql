select id, i6 as facility_no, i7 as recipient_no, service_month, i4 as submission_kind
from {{ ref('sheet_records') }}
where part = '01' and trim(i5) = '{{ var("city") }}'
