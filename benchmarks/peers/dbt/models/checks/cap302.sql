-- Before the horizon silence means nothing: such a month is judged only where some state of its sheet is known.
with horizon as (
    select coalesce(min(reviewed), {{ review_month() }}) as first_month from {{ ref('outcomes') }}
)
select c.facility_no, c.recipient_no, c.service_month
from {{ ref('claims') }} c
join {{ ref('several_facilities') }} s using (recipient_no, service_month)
anti join {{ ref('sheet_there') }} t on t.recipient_no = c.recipient_no and t.service_month = c.service_month
where s.manager_filed
  and (c.service_month + interval 1 month >= (select first_month from horizon)
       or exists (from {{ ref('states') }} k where k.kind = '利' and k.recipient_no = c.recipient_no
                                               and k.service_month = c.service_month))
