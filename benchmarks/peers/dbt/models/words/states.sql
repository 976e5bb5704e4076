-- Within one month 取下げ comes before the new outcome; a 返戻 leaves what stood decided.
select kind, facility_no, recipient_no, service_month, max(reviewed) as newest,
       coalesce(arg_max(outcome, (reviewed, outcome <> '取下げ')) filter (outcome <> '返戻') = '決定', false) as decided
from {{ ref('outcomes') }}
group by all
