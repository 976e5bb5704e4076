select u.*, coalesce('c' || c.child_code, 'n' || u.recipient_no) as child
from {{ ref('use_days') }} u left join {{ ref('children') }} c using (recipient_no)
