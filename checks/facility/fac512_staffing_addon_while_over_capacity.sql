-- code = "FAC512"
-- name = "staffing-addon-while-over-capacity"
-- title = "定員を超えた日のある月の児童指導員等加配加算"
-- severity = "notice"
-- subject = "facility"
-- needs = ["facilities", "service_codes"]
-- source = "定員を超える日は基準の人員が増え、加配の人員が足りなくなることがある (川越市 令和6年度集団指導資料 ⑹)"
-- why = "定員を超えて受け入れた日に、増えた基準の人員を加配の職員で満たすと起こります。"
-- logic = "同じ日に利用した児童(この市の児童だけ)の数がその日の台帳の定員を超える日があり、その月・種類の明細書に児童指導員等加配加算の行があるものを挙げます。61と63の行が同じ日にいくつもある番号は判定しません。"
-- [message]
-- default = "{dates}の{services}の利用児童(この市の児童だけで数えています。最多{observed}人)が定員{expected}人を超えています。基準の人員が一人多く必要なため、児童指導員等加配加算の人員が足りないおそれがあります。"
-- [asked]
-- default = "定員を超えた日に、基準の人員のほかに加配の人員がいたかをお知らせください。"
-- [known]
-- default = "定員を超えた日の職員の配置を確かめて記録し、足りなかったときは市へ連絡してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- several_units = "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません"
-- no_capacity = "台帳に定員がありません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "取り込めなければ加算の行が減るだけで、指摘は増えない"
-- attendance = "取り込めなければ児童が減るだけで、指摘は増えない"
-- facilities = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
SELECT d.*, NULL AS recipient_no
FROM over_capacity_days d
SEMI JOIN (FROM claim_keys WHERE addon_key = 'staffing_plus') k USING (facility_no, service_month, service_type)
