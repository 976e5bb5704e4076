-- code = "FAC506"
-- name = "over-capacity-day"
-- title = "定員を超えた日がある"
-- severity = "notice"
-- subject = "facility"
-- needs = ["facilities"]
-- source = "定員を超える受け入れは、1日でも1人でも運営基準に反する (川越市 令和6年度集団指導資料 ⑹)"
-- why = "振替や休業日の受け入れで、その日の人数を数え忘れると起こります。"
-- logic = "同じ日に利用した児童(この市の児童だけ)の数が、その日の台帳の定員を超える日を挙げます。61と63の行が同じ日にいくつもある番号は判定しません。"
-- [message]
-- default = "{dates}の{services}の利用児童(この市の児童だけで数えています)が、定員{expected}人を超えています(最多{observed}人)。"
-- [message_all_cities]
-- default = "{dates}の{services}の利用児童(この回の{cities}市町村の児童を合わせて数えています)が、定員{expected}人を超えています(最多{observed}人)。"
-- [action]
-- default = "定員を守れるよう、受け入れの予定を見直してください。他の市町村の児童も含めて人数を確かめてください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- several_units = "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません"
-- no_capacity = "台帳に定員がありません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "この月に前の記録が替わるかを見るためだけに読み、取り込めなければ前の記録も数えない"
-- attendance = "取り込めなければ児童が減るだけで、指摘は増えない"
-- facilities = "guarded"
SELECT facility_no, NULL AS recipient_no, service_month, service_type, use_date,
       (max(children) OVER facility)::VARCHAR AS observed, capacity::VARCHAR AS expected,
       CASE WHEN facility_row_refused('facilities', facility_no) THEN 'refused_row' END AS undetermined
FROM capacity_days WHERE NOT several AND children > capacity
WINDOW facility AS (PARTITION BY facility_no, service_month, service_type)
UNION ALL
SELECT DISTINCT facility_no, NULL, service_month, service_type, NULL::DATE, NULL, NULL,
       CASE WHEN unknown THEN 'unknown' WHEN several THEN 'several_units' ELSE 'no_capacity' END
FROM capacity_days
WHERE unknown OR several OR (has_row AND capacity IS NULL AND service_type IN ('61', '63'))
