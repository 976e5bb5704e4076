with history as (
    select "種別" as kind, {{ ten_digits('"事業所番号"') }} as facility_no, {{ ten_digits('"受給者証番号"') }} as recipient_no,
           {{ ledger_date('"サービス提供年月"') }} as service_month, {{ ledger_date('"審査月"') }} as reviewed,
           "結果" as outcome
    from {{ ledger('history') }}
)
select * from history where reviewed < {{ review_month() }}
