select facility_no, recipient_no, service_month from {{ ref('claim_records') }} where part = '01'
