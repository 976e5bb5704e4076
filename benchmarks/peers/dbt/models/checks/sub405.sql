select c.facility_no, c.recipient_no, c.service_month
from {{ ref('claims') }} c
join {{ ref('states') }} s on s.kind = '明' and s.decided and s.facility_no = c.facility_no
     and s.recipient_no = c.recipient_no and s.service_month = c.service_month
where not exists (
    from {{ ref('petitions') }} p
    where p.facility_no = c.facility_no and p.recipient_no = c.recipient_no and p.service_month = c.service_month
      and p.due <= {{ review_month() }} and p.due > s.newest)
