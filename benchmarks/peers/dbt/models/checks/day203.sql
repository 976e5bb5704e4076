with billed as (
    select facility_no, recipient_no, service_month, i7 as service_type, sum(i10::bigint) as days
    from {{ ref('claim_records') }} where part = '02' group by all
), recorded as (
    select facility_no, recipient_no, service_month, service_type, count(*) filter (part = '02' and used) as least,
           count(*) filter (part = '02' and (used or has_addon)) as most
    from {{ ref('attendance_records') }} group by all
), differing as (
    select * from billed join recorded using (facility_no, recipient_no, service_month, service_type)
    where days < least or days > most
), without_use as (
    select l.facility_no, l.recipient_no, l.service_month, left(l.i7, 2) as service_type
    from {{ ref('claim_records') }} l
    join {{ ref('codes_without_use') }} s on s.service_code = l.i7 and {{ overlaps('s', 'l.service_month') }}
    where l.part = '03'
)
-- One day may be billed for an add-on that needs no use.
select facility_no, recipient_no, service_month
from differing d
where not (d.days = 1 and d.most = 0
           and exists (from without_use w where w.facility_no = d.facility_no and w.recipient_no = d.recipient_no
                                            and w.service_month = d.service_month and w.service_type = d.service_type))
