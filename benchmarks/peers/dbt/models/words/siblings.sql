-- Numbers of one household that are not one child.
select distinct a.recipient_no, b.recipient_no as sibling_no
from {{ ref('recipients') }} a
join {{ ref('recipients') }} b on a.household_no = b.household_no and a.recipient_no <> b.recipient_no
left join {{ ref('children') }} own on own.recipient_no = a.recipient_no
left join {{ ref('children') }} other on other.recipient_no = b.recipient_no
where own.child_code is null or own.child_code is distinct from other.child_code
