-- code = "SUB404"
-- name = "sheet-twice"
-- title = "同じ結果票が二つ以上ある"
-- severity = "return"
-- subject = "sheet"
-- needs = []
-- source = "同一キーの取消と新規を同じ月に入れてはならない (インタフェース仕様書 サービス事業所編 令和7年4月版 p.128)"
-- why = "取消と新規を同時に送る、直した票を古い票とともに送る、などで起こります。"
-- logic = "市町村・受給者・月・上限額管理事業所が同じ結果票がこの審査月に二つ以上あるものを、キーごとに一件挙げます。"
-- [message]
-- default = "{month}の上限額管理結果票が{observed}件提出されています。一月に一件だけ受け付けます。"
-- [action]
-- default = "正しい一件を選び、返戻となった場合は作成区分「1 新規」で{window}に送り直してください。"
-- [refused]
-- sheets = "結果票が減れば、指摘も減るだけです"
SELECT facility_no, recipient_no, service_month, count(*)::VARCHAR AS observed, '1' AS expected
FROM sheets_now GROUP BY ALL HAVING count(*) > 1
