select i2 as part, strptime(i3 || '01', '%Y%m%d')::date as service_month, i5 as facility_no, i6 as recipient_no, i7, i8,
       i9, i10
from {{ exchange('K11', 37) }}
where i1 = 'K122' and i2 in ('01', '02', '03', '05') and trim(i4) = '{{ var("city") }}'
