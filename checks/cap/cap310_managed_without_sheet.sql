-- code = "CAP310"
-- name = "managed-without-sheet"
-- title = "上限額管理の記載があるのに結果票がない"
-- severity = "return"
-- subject = "claim"
-- needs = []
-- source = "明細書の上限額管理欄は、上限額管理を行ったときだけ記載する (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.115-117)"
-- why = "前月の明細書を写して管理事業所の欄を消し忘れるか、管理事業所が結果票を送らないと起こります。"
-- logic = "明細書に上限額管理事業所か管理結果(基本情報 項番15・16)があるのに、その受給者と月の結果票がこの審査月にも過去の決定にもないものを挙げます。CAP302 で挙げたものは挙げません。"
-- role = "lacks_sheet"
-- [message]
-- default = "明細書に上限額管理の結果が記載されていますが、{month}の上限額管理結果票がありません。"
-- [action]
-- default = "上限額管理を行っていなければ管理事業所・管理結果・管理結果額を消して{window}に再請求してください。行っているときは、管理事業所が結果票を作成区分「1 新規」で同じ月に送ってください。"
-- [undetermined]
-- before_horizon = "この月の結果票の決定を確かめられる履歴がありません"
-- refused = "取り込めなかった上限額管理結果票がこの月のものかもしれません"
SELECT c.facility_no, c.recipient_no, c.service_month,
       '管理事業所' || coalesce(c.cap_manager_no, 'なし') || ' 結果' || coalesce(c.cap_result, 'なし') AS observed,
       CASE WHEN before_horizon(c.service_month)
                 AND NOT EXISTS (FROM sheet_states t WHERE t.recipient_no = c.recipient_no
                                                       AND t.service_month = c.service_month)
            THEN 'before_horizon'
            WHEN could_be_refused('sheet', c.recipient_no, c.service_month, c.cap_manager_no)
                 OR EXISTS (FROM facilities_concerned m
                            WHERE m.recipient_no = c.recipient_no AND m.service_month = c.service_month
                              AND could_be_refused('sheet', c.recipient_no, c.service_month, m.facility_no))
            THEN 'refused' END AS undetermined
FROM claims_now c
ANTI JOIN sheets_expected e ON e.recipient_no = c.recipient_no AND e.service_month = c.service_month
ANTI JOIN sheet_there t ON t.recipient_no = c.recipient_no AND t.service_month = c.service_month
WHERE c.cap_manager_no IS NOT NULL OR c.cap_result IS NOT NULL
