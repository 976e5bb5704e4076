{{ config(materialized = 'external', location = var('out'), format = 'csv') }}
select distinct check_code, facility_no, recipient_no, strftime(service_month, '%Y-%m') as service_month
from (
{%- for code in ['CRT102', 'CRT103', 'DAY201', 'DAY202', 'DAY203', 'DAY206', 'CAP301', 'CAP302', 'SUB401', 'SUB405'] %}
    select '{{ code }}' as check_code, facility_no, recipient_no, service_month from {{ ref(code | lower) }}
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
)
order by all
