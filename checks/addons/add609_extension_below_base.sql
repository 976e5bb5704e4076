-- code = "ADD609"
-- name = "extension-below-base"
-- title = "基本の時間に満たない日の延長支援加算"
-- severity = "review"
-- subject = "claim"
-- needs = []
-- source = "延長支援加算の前に行う支援の時間 data/rules/extension_bases.csv (各行の出典による)"
-- why = "早く帰った日や時間の書き誤りのある日に、延長支援の記録をそのまま残すと起こります。"
-- logic = "児童発達支援と放課後等デイサービスの利用日のうち、実績記録票に延長支援加算(項番111)の記録があり、開始時間と終了時間の間が延長の始まる前の基本の時間(data/rules/extension_bases.csv。放課後等デイサービスの授業終了後とほかの日で違い、提供形態がなければ長い方)に満たない日を挙げます。終了が開始より前の日も挙げ、どちらかの時間がない日は見ません。"
-- [message]
-- default = "{dates}の{services}は延長支援加算の記録がありますが、利用時間({observed})が延長の前に必要な{expected}に足りません。"
-- [asked]
-- default = "開始時間・終了時間の記載と支援の計画の時間を確かめ、書き誤りか、算定の誤りかをお知らせください。"
-- [returned]
-- default = "書き誤りであれば実績記録票の時間を直し、算定の誤りであれば延長支援加算を除いて、{window}に再請求してください。"
-- [paid]
-- default = "開始時間・終了時間の記載と、支援の計画の時間を確かめてください。"
-- [known]
-- default = "次の請求から、延長の前に必要な時間があるかを確かめてください。"
-- [undetermined]
-- no_rule = "この月の延長支援加算の基本の時間が登録されていません(data/rules/extension_bases.csv)"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
WITH extended AS (
    SELECT d.facility_no, d.recipient_no, d.service_month, d.service_type, d.use_date, d.provision, d.line,
           minutes_between(d.start_time, d.end_time) AS minutes
    FROM day_rows d SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month)
    WHERE d.day_kind = 'use' AND d.service_type IN ('61', '63') AND d.extension IS NOT NULL
), ruled AS (
    -- Where the record does not say which kind of day it was, the longer base is meant.
    SELECT e.*, max(r.minutes) AS base
    FROM extended e
    LEFT JOIN rule_extension_bases r
      ON r.service_type = e.service_type AND e.service_month BETWEEN r.valid_from AND r.valid_to
     AND (r.day_kind IS NULL OR e.provision IS NULL OR r.day_kind = e.provision)
    WHERE e.minutes IS NOT NULL
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type, use_date,
       CASE WHEN minutes < 0 THEN '終了が開始より前' ELSE format('{}分', minutes) END AS observed, format('{}分', base) AS expected,
       CASE WHEN base IS NULL THEN 'no_rule' END AS undetermined
FROM ruled WHERE base IS NULL OR minutes < base
