with live as (
    from {{ ref('sheets') }} where submission_kind in ('1', '2')
), siblings as (
    select id, i5 as facility_no, i6 as recipient_no, service_month, i12 as child
    from {{ ref('sheet_records') }}
    where part = '02' and id = 'K421' and trim(i4) = '{{ var("city") }}'
)
select recipient_no, service_month from live
union
select child, service_month from siblings semi join live using (id, facility_no, recipient_no, service_month)
union
select recipient_no, service_month from {{ ref('states') }} where kind = '利' and decided
union
select k.recipient_no, s.service_month
from {{ ref('states') }} s join {{ ref('siblings') }} k on k.sibling_no = s.recipient_no
where s.kind = '利' and s.decided
