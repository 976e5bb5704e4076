select i1 as id, i2 as part, strptime(i3 || '01', '%Y%m%d')::date as service_month, i4, i5, i6, i7, i12
from {{ exchange('K41', 16) }}
where i1 in ('K411', 'K421') and i2 in ('01', '02')
