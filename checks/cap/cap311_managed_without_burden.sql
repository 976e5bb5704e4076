-- code = "CAP311"
-- name = "managed-without-burden"
-- title = "負担上限月額0円の上限額管理"
-- severity = "review"
-- subject = "claim"
-- needs = ["recipients"]
-- source = "負担上限月額が0円の世帯には管理する利用者負担額がない (上限額管理結果票の記載要領。インタフェース仕様書 サービス事業所編 令和7年4月版 pp.115-117, pp.128-130)"
-- why = "世帯の所得区分が変わって上限月額が0円になった後も、前と同じように上限額管理を続けると起こります。"
-- logic = "この月の上限額管理結果票(作成区分1か2)で上限月額が0円のもの、明細書の負担上限月額①(基本情報 項番12)が0円なのに上限額管理事業所・管理結果・管理結果額(項番15・16・17)のどれかがあり、月に重なる台帳の行に無償化対象がないものを挙げます。"
-- [message]
-- sheet = "上限額管理結果票の上限月額が0円で、{month}は管理する利用者負担額がありません。"
-- claim = "負担上限月額が0円で管理する利用者負担額がありませんが、明細書に上限額管理の記載({observed})があります。"
-- [asked]
-- sheet = "受給者証の負担上限月額を確かめ、お知らせください。"
-- claim = "受給者証の負担上限月額を確かめ、お知らせください。"
-- [returned]
-- sheet = "負担上限月額が0円であれば、結果票は要りません。0円でなければ、上限月額を直した結果票を作成区分{kind}で{window}に送ってください。"
-- claim = "負担上限月額が0円であれば上限額管理の欄を空にし、0円でなければ上限月額と利用者負担額を直して、{window}に再請求してください。"
-- [paid]
-- sheet = "負担上限月額が0円の月は、次回から結果票は要りません。"
-- claim = "負担上限月額が0円の月は、次回から上限額管理の欄を空にしてください。"
-- [known]
-- sheet = "負担上限月額が0円の月は、次回から結果票は要りません。"
-- claim = "負担上限月額が0円の月は、次回から上限額管理の欄を空にしてください。"
-- [undetermined]
-- refused_row = "受給者台帳(recipients.csv)に、取り込めなかったこの児童か世帯の行があり、無償化対象かどうかわかりません"
-- [refused]
-- claims = "明細書がなければ指摘も出ません"
-- sheets = "結果票がなければ指摘も出ません"
-- recipients = "guarded"
SELECT 'sheet' AS subject, facility_no, recipient_no, service_month, 'sheet' AS reason, '0円' AS observed,
       NULL AS undetermined, NULL AS at_most
FROM live_sheets WHERE burden_cap = 0
UNION ALL
SELECT 'claim', c.facility_no, c.recipient_no, c.service_month, 'claim',
       concat_ws('・', CASE WHEN c.cap_manager_no IS NOT NULL THEN '上限額管理事業所 ' || c.cap_manager_no END,
                 '管理結果 ' || c.cap_result, CASE WHEN c.cap_result_yen > 0 THEN format('管理結果額 {}円', c.cap_result_yen) END),
       CASE WHEN row_refused('recipients', c.recipient_no) THEN 'refused_row' END, unless_unreadable('recipients')
FROM claims_now c
-- An amount of zero is how some programs write "not set".
WHERE c.burden_cap = 0 AND (c.cap_manager_no IS NOT NULL OR c.cap_result IS NOT NULL OR c.cap_result_yen > 0)
  AND NOT EXISTS (FROM now_recipients r WHERE r.recipient_no = c.recipient_no AND r.free_of_charge = '2'
                                          AND overlaps_month(r.valid_from, r.valid_to, c.service_month))
