select facility_no, recipient_no, service_month, left(i7, 2) as service_type, i8::bigint as amount,
       try_strptime(i9, '%Y%m%d')::date as valid_from, try_strptime(i10, '%Y%m%d')::date as valid_to
from {{ ref('claim_records') }}
where part = '05' and substr(i7, 3, 1) <> '0'
