-- code = "CRT104"
-- name = "burden-cap-differs"
-- title = "利用者負担上限月額が受給者証と違う"
-- severity = "return"
-- subject = "claim"
-- needs = ["recipients"]
-- source = "明細書の利用者負担上限月額①は受給者証の記載による (インタフェース仕様書 サービス事業所編 令和7年4月版 p.115)"
-- why = "負担上限月額の切り替え(毎年7月など)の後に古い額のまま請求すると起こります。"
-- logic = "明細書の利用者負担上限月額①が、その月に重なる受給者台帳のどの行の上限月額とも違うものを挙げます。重なる行がない受給者と無償化対象の児童は見ません。"
-- [message]
-- default = "利用者負担上限月額が{observed}円で請求されていますが、受給者証では{expected}円です。"
-- [action]
-- default = "受給者証の利用者負担上限月額と適用期間を確かめ、正しい額で利用者負担額を計算し直して{window}に再請求してください。"
SELECT c.facility_no, c.recipient_no, c.service_month, c.burden_cap::VARCHAR AS observed,
       string_agg(DISTINCT r.burden_cap::VARCHAR, '・' ORDER BY r.burden_cap::VARCHAR) AS expected
FROM claims_now c
JOIN now_recipients r ON r.recipient_no = c.recipient_no AND overlaps_month(r.valid_from, r.valid_to, c.service_month)
GROUP BY ALL
HAVING NOT bool_or(r.burden_cap = c.burden_cap) AND NOT bool_or(coalesce(r.free_of_charge, '') = '2')
