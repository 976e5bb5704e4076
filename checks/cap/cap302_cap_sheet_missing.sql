-- code = "CAP302"
-- name = "cap-sheet-missing"
-- title = "上限額管理結果票がない"
-- severity = "return"
-- subject = "claim"
-- needs = ["recipients", "cap_managers"]
-- source = "上限額管理事業所は結果票を請求とともに送る (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.127-128)"
-- why = "上限額管理事業所の送り忘れや、関係事業所からの一覧表の遅れで起こります。"
-- logic = "複数事業所を利用し届出もある受給者に、その月の結果票がこの審査月にも過去の決定にもないものを挙げます。きょうだいの請求があるときは、複数児童用の結果票が紙で届くことがあるため要確認とします。"
-- role = "lacks_sheet"
-- [message]
-- alone = "複数の事業所を利用し上限額管理の届出がありますが、{month}の上限額管理結果票がありません。"
-- siblings = "{month}の上限額管理結果票がありません。きょうだいの利用があるため、複数児童用の結果票の提出を確かめてください。"
-- [action]
-- alone = "上限額管理事業所は結果票を作成区分「1 新規」で、明細書とともに{window}に送ってください。関係事業所は管理事業所の結果を確かめてから再請求してください。"
-- siblings = "複数児童用の上限額管理結果票を市へ出しているか、上限額管理事業所に確かめてください。"
-- [undetermined]
-- before_horizon = "この月の結果票の決定を確かめられる履歴がありません"
-- refused = "取り込めなかった上限額管理結果票がこの月のものかもしれません"
SELECT c.facility_no, c.recipient_no, c.service_month,
       CASE WHEN b.recipient_no IS NULL THEN 'alone' ELSE 'siblings' END AS reason,
       CASE WHEN b.recipient_no IS NULL THEN 'return' ELSE 'review' END AS severity,
       CASE WHEN before_horizon(c.service_month)
                 AND NOT EXISTS (FROM sheet_states t WHERE t.recipient_no = c.recipient_no
                                                       AND t.service_month = c.service_month)
            THEN 'before_horizon'
            WHEN EXISTS (FROM facilities_concerned m
                         WHERE m.recipient_no = c.recipient_no AND m.service_month = c.service_month
                           AND could_be_refused('sheet', c.recipient_no, c.service_month, m.facility_no))
            THEN 'refused' END AS undetermined
FROM claims_now c
JOIN sheets_expected s USING (recipient_no, service_month)
ANTI JOIN sheet_there t ON t.recipient_no = c.recipient_no AND t.service_month = c.service_month
LEFT JOIN sibling_claims b ON b.recipient_no = c.recipient_no AND b.service_month = c.service_month
