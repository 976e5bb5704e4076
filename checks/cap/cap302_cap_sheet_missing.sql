-- code = "CAP302"
-- name = "cap-sheet-missing"
-- title = "上限額管理結果票がない"
-- severity = "return"
-- subject = "claim"
-- needs = ["recipients", "cap_managers"]
-- source = "上限額管理事業所は結果票を請求とともに送る (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.127-128)"
-- why = "上限額管理事業所の送り忘れや、関係事業所からの一覧表の遅れで起こります。"
-- logic = "複数事業所を利用し届出もある受給者に、その月の結果票がこの審査月にも過去の決定にもないものを挙げます。同じ世帯の別の児童の請求があるときは、複数児童用の結果票が紙で届くことがあるため要確認とし、履歴だけからわかる別の児童の決定済みの結果票は、世帯のものかもしれないため、あるものとします。"
-- role = "lacks_sheet"
-- [message]
-- alone = "複数の事業所を利用し上限額管理の届出がありますが、{month}の上限額管理結果票がありません。"
-- siblings = "{month}の上限額管理結果票がありません。きょうだいの利用があるため、複数児童用の結果票が出ているかもしれません。"
-- [asked]
-- alone = "上限額管理結果票が出ているかを確かめ、お知らせください。"
-- "alone.manager" = "上限額管理結果票を送ったか、送っていなければいつ送れるかをお知らせください。"
-- "alone.related" = "管理事業所から上限額管理の結果を受け取っているかをお知らせください。"
-- siblings = "複数児童用の上限額管理結果票が市へ出ているかを確かめ、お知らせください。"
-- "siblings.manager" = "複数児童用の上限額管理結果票を市へ出したかをお知らせください。"
-- "siblings.related" = "複数児童用の上限額管理結果票が市へ出ているかを管理事業所に確かめ、お知らせください。"
-- [returned]
-- alone = "上限額管理事業所は、結果票を作成区分「1 新規」で明細書とともに{window}に送ってください。関係事業所は、管理事業所の結果を確かめてから再請求してください。"
-- "alone.manager" = "結果票を作り、作成区分「1 新規」で明細書とともに{window}に送ってください。"
-- "alone.related" = "上限額管理の結果を管理事業所に確かめ、明細書の上限額管理の欄を合わせて{window}に再請求してください。"
-- siblings = "複数児童用の上限額管理結果票が市へ出ていることを確かめて{window}に再請求してください。"
-- "siblings.manager" = "複数児童用の上限額管理結果票を市へ出し、{window}に再請求してください。"
-- "siblings.related" = "複数児童用の上限額管理結果票が出ていることを管理事業所に確かめて{window}に再請求してください。"
-- [paid]
-- default = "上限額管理結果票が出ているかを管理事業所に確かめてください。"
-- "default.manager" = "上限額管理結果票を出していなければ、市へ連絡してください。"
-- [known]
-- default = "次の請求から、上限額管理結果票が出ているかを管理事業所に確かめてください。"
-- "default.manager" = "次の請求から、上限額管理結果票を明細書とともに送ってください。"
-- [undetermined]
-- before_horizon = "この月の結果票の決定を確かめられる履歴がありません"
-- refused = "取り込めなかった記録がこの受給者と月の結果票かもしれません。取り込めなかった行を確かめてください"
-- state = "この月の結果票の決定を示す審査履歴か返戻等一覧に、読めない行があります"
-- unread = "受給者台帳か上限額管理の届出に読めない行があり、この受給者のものかもしれません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- claims = "guarded"
-- sheets = "guarded"
-- attendance = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "guarded"
-- cap_managers = "guarded"
WITH judged AS (
    SELECT c.facility_no, c.recipient_no, c.service_month,
           EXISTS (FROM sibling_claims b
                   WHERE b.recipient_no = c.recipient_no AND b.service_month = c.service_month) AS siblings,
           before_horizon(c.service_month)
             AND NOT EXISTS (FROM sheet_states t WHERE t.recipient_no = c.recipient_no
                                                   AND t.service_month = c.service_month) AS too_early,
           -- What was refused of the recipient and month may be anything; without a name it may be a sheet.
           refused_somewhere('sheet', c.recipient_no, c.service_month)
             OR EXISTS (FROM refused_now r WHERE r.unit IN ('claim', 'attendance') AND r.recipient_no = c.recipient_no
                                             AND coalesce(r.service_month, c.service_month) = c.service_month) AS refused,
           EXISTS (FROM sheets_doubted d
                   WHERE d.recipient_no = c.recipient_no AND d.service_month = c.service_month) AS doubted
    FROM claims_now c
    JOIN sheets_expected s USING (recipient_no, service_month)
    ANTI JOIN sheet_there t ON t.recipient_no = c.recipient_no AND t.service_month = c.service_month
)
SELECT facility_no, recipient_no, service_month,
       CASE WHEN siblings THEN 'siblings' ELSE 'alone' END AS reason,
       CASE WHEN siblings THEN 'review' ELSE 'return' END AS severity,
       coalesce(unless_unreadable('recipients'), unless_unreadable('cap_managers'), unless_unreadable('history')) AS at_most,
       CASE WHEN too_early THEN 'before_horizon' WHEN refused THEN 'refused' WHEN doubted THEN 'state'
            WHEN row_refused('recipients', recipient_no) OR row_refused('cap_managers', recipient_no)
            THEN 'unread' END AS undetermined
FROM judged
