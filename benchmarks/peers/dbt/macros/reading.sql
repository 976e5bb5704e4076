{#- Cells of the lines of all files of a kind, as text; item n of a record is cell n + 1. -#}
{% macro exchange(kind, cells) -%}
read_csv('{{ var("text") }}/{{ kind }}-*.csv', auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
         null_padding = true,
         columns = { {%- for i in range(cells) -%} 'i{{ i - 1 }}': 'VARCHAR'{{ ", " if not loop.last }} {%- endfor -%} })
{%- endmacro %}

{% macro ledger(name) -%}
read_csv('{{ var("text") }}/{{ name }}.csv', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
{%- endmacro %}

{#- Numbers whose zeros Excel took away. -#}
{% macro ten_digits(name) -%} lpad(trim({{ name }}), 10, '0') {%- endmacro %}

{% macro whole_number(name) -%}
cast(nullif(regexp_replace(replace({{ name }}, ',', ''), '\.0+$', ''), '') as bigint)
{%- endmacro %}

{#- 2026-04-01, 2026/4/1, 20260401, R8.4.1, 令和8年4月1日; a month is its first day. Null where empty. -#}
{% macro ledger_date(name) -%}
{%- set part = "regexp_extract(trim(" ~ name ~ "), '^([A-Z]|令和|平成|昭和)?(元|[0-9]+)[年/.-]([0-9]{1,2})(?:[月/.-]([0-9]{1,2}))?', " -%}
coalesce(
    make_date(
        try_cast(replace(nullif({{ part }} 2), ''), '元', '1') as bigint)
            + case {{ part }} 1) when 'R' then 2018 when '令和' then 2018 when 'H' then 1988 when '平成' then 1988
                                 when 'S' then 1925 when '昭和' then 1925 else 0 end,
        try_cast({{ part }} 3) as bigint),
        coalesce(try_cast({{ part }} 4) as bigint), 1)),
    try_strptime(rpad(trim({{ name }}), 8, '01'), '%Y%m%d')::date)
{%- endmacro %}

{% macro overlaps(period, month) -%}
{{ period }}.valid_from <= last_day({{ month }}) and ({{ period }}.valid_to is null or {{ period }}.valid_to >= {{ month }})
{%- endmacro %}

{% macro review_month() -%} date '{{ var("month") }}' {%- endmacro %}
