-- code = "CAP301"
-- name = "cap-manager-not-filed"
-- title = "上限額管理の届出がない"
-- severity = "review"
-- subject = "claim"
-- needs = ["recipients", "cap_managers"]
-- source = "複数事業所の利用には利用者負担上限額管理事務依頼届出書を出す (川越市 令和6年度 集団指導資料 ⒀②)"
-- why = "二つ目の事業所の利用を始めたときに、届出を忘れることで起こります。"
-- logic = "同じ月に二つ以上の事業所番号の請求があり、負担上限月額が0円を超え、無償化対象でない受給者に、月に重なる上限額管理の届出がないものを挙げます。負担額(調整後利用者負担額、0円か空なら上限月額調整)の合計が上限を超えるときは要確認、超えなければ参考です。"
-- [message]
-- over = "複数の事業所を利用し、負担額の合計{observed}円が上限月額{expected}円を超えていますが、上限額管理の届出がありません。"
-- within = "複数の事業所を利用していますが、上限額管理の届出がありません。"
-- [asked]
-- over = "保護者に利用者負担上限額管理事務依頼届出書の提出を案内し、いつ出せるかをお知らせください。"
-- within = "保護者に利用者負担上限額管理事務依頼届出書の提出を案内し、いつ出せるかをお知らせください。"
-- [returned]
-- default = "届出が済んだら、上限額管理の結果に合わせて利用者負担額を直し、{window}に再請求してください。"
-- [paid]
-- over = "保護者に利用者負担上限額管理事務依頼届出書の提出を案内し、上限月額を超えた負担の扱いを市へ相談してください。"
-- within = "保護者に利用者負担上限額管理事務依頼届出書の提出を案内してください。"
-- [known]
-- default = "保護者に利用者負担上限額管理事務依頼届出書の提出を案内してください。"
-- [undetermined]
-- unread = "受給者台帳か上限額管理の届出に読めない行があり、この受給者のものかもしれません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- claims = "明細書がなければ事業所が減り、指摘も減るだけです"
-- notices = "返戻等一覧が読めなければ、その請求は決定済みの請求に数えません"
-- history = "履歴が読めなければ、その請求は決定済みの請求に数えません"
-- recipients = "guarded"
-- cap_managers = "guarded"
SELECT c.facility_no, c.recipient_no, c.service_month,
       s.burden::VARCHAR AS observed, s.burden_cap::VARCHAR AS expected,
       CASE WHEN s.burden > s.burden_cap THEN 'over' ELSE 'within' END AS reason,
       CASE WHEN s.burden > s.burden_cap THEN 'review' ELSE 'notice' END AS severity,
       coalesce(unless_unreadable('recipients'), unless_unreadable('cap_managers'), unless_unreadable('history')) AS at_most,
       CASE WHEN row_refused('recipients', c.recipient_no) OR row_refused('cap_managers', c.recipient_no)
            THEN 'unread' END AS undetermined
FROM claims_now c
JOIN several_facilities s USING (recipient_no, service_month)
ANTI JOIN cap_managers_filed m ON m.recipient_no = c.recipient_no AND m.service_month = c.service_month
