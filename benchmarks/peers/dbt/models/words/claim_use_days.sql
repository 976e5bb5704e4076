select * from {{ ref('use_days') }} semi join {{ ref('claims') }} using (facility_no, recipient_no, service_month)
