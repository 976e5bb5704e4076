select i2 as part, strptime(i3 || '01', '%Y%m%d')::date as service_month, i5 as facility_no, i6 as recipient_no,
       case i7 when '0301' then '61' when '0501' then '63' when '0601' then '64' when '0701' then '65' end as service_type,
       i9::int as day,
       i36 is distinct from '8'
           and case when i7 in ('0301', '0501') then regexp_matches(concat(i14, i15, i34), '[1-9]')
                    else i45 = '1' end as used,
       regexp_matches(concat(i21, i22, i32, i70, i74, i78, i99, i101, i102, i103, i104, i105, i106, i107, i111, i113),
                      '[1-9]') as has_addon
from {{ exchange('K61', 174) }}
where i1 = 'K611' and i2 in ('01', '02') and trim(i4) = '{{ var("city") }}' and i7 in ('0301', '0501', '0601', '0701')
