-- code = "CAP304"
-- name = "cap-sheet-amounts-differ"
-- title = "上限額管理結果票の金額が請求と違う"
-- severity = "return"
-- subject = "sheet"
-- at_issue = "given"
-- needs = []
-- source = "結果票の総費用額・利用者負担額は各事業所の明細書による (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.128-130)"
-- why = "一覧表を受け取った後に、どこかの事業所が請求を直したときに起こります。"
-- logic = "結果票の各事業所の総費用額と利用者負担額を、その事業所の明細書の総費用額(基本情報 項番21)と、調整後利用者負担額(項番25。0か未設定なら上限月額調整 項番22)と比べます。管理結果1のときは管理事業所の行だけを比べます。一つの事業所の行がいくつもあれば合計します。結果票にある事業所の明細書が取り込めていなければ判定しません。違う明細書がどれも、利用者負担額の計算そのものの合わないものなら要確認です。"
-- federation = ["EJ13"]
-- [message]
-- default = "上限額管理結果票の金額が、{month}の明細書の金額と違います(結果票: {observed}。明細書: {expected})。"
-- claims_wrong = "上限額管理結果票の金額が、{month}の明細書の金額と違いますが、どの明細書も利用者負担額の計算が合いません(結果票: {observed}。明細書: {expected})。"
-- [asked]
-- default = "各事業所に請求額を確かめ、結果票と明細書のどちらが正しいかをお知らせください。"
-- claims_wrong = "各事業所に正しい利用者負担額を確かめ、お知らせください。"
-- [returned]
-- default = "各事業所に請求額を確かめて結果票を作り直し、作成区分{kind}で{window}に送ってください。"
-- claims_wrong = "各事業所の直した金額を受け取って結果票を作り直し、作成区分{kind}で{window}に送ってください。"
-- [paid]
-- default = "各事業所に請求額を確かめ、結果票の金額と比べてください。"
-- [known]
-- default = "結果票を作る前に、各事業所の請求額を確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった明細書が、結果票にある事業所のものかもしれません。取り込めなかった行を確かめてください"
-- [refused]
-- claims = "guarded"
-- sheets = "結果票がなければ指摘も出ません"
-- notices = "返戻等一覧が読めなければ、その請求は決定済みの請求に数えず、比べません"
-- history = "guarded"
-- recipients = "guarded"
WITH compared AS (
    SELECT s.facility_no, s.recipient_no, s.service_month, s.row_no, s.cost, s.burden, c.decided_before,
           c.total_cost AS claim_cost,
           CASE WHEN c.adjusted_burden > 0 THEN c.adjusted_burden ELSE c.capped_burden END AS claim_burden,
           c.facility_no IS NOT NULL AND (s.cap_result IS DISTINCT FROM '1' OR s.row_facility_no = s.facility_no)
             AND (cost IS DISTINCT FROM claim_cost OR burden IS DISTINCT FROM claim_burden) AS differs,
           could_be_refused('claim', s.child_no, s.service_month, s.row_facility_no) AS refused,
           -- The claim is wrong by itself, or may be: what was refused does not lay it at the sheet's door.
           EXISTS (FROM burden_faults b WHERE NOT c.decided_before AND b.facility_no = c.facility_no
                   AND b.recipient_no = c.recipient_no AND b.service_month = c.service_month) AS claim_wrong
    FROM sheet_amounts s
    LEFT JOIN claims_standing c ON c.facility_no = s.row_facility_no AND c.recipient_no = s.child_no
                               AND c.service_month = s.service_month
    WHERE s.live
)
SELECT facility_no, recipient_no, service_month,
       string_agg('項番' || row_no || ' 総費用額' || cost || '円 利用者負担額' || burden || '円', '、' ORDER BY row_no)
           FILTER (differs) AS observed,
       string_agg('項番' || row_no || ' 総費用額' || claim_cost || '円 利用者負担額' || claim_burden || '円', '、'
                  ORDER BY row_no) FILTER (differs) AS expected,
       sum(abs(burden - claim_burden)) FILTER (differs) AS at_issue,
       CASE WHEN bool_and(claim_wrong) FILTER (differs) THEN 'claims_wrong' END AS reason,
       CASE WHEN bool_and(claim_wrong) FILTER (differs) THEN 'review' END AS severity,
       bool_or(decided_before) FILTER (differs) AS decided_part,
       -- Where all that differs was decided before, it is the history that says so.
       CASE WHEN bool_and(decided_before) FILTER (differs) THEN unless_unreadable('history') END AS at_most,
       CASE WHEN bool_or(refused) THEN 'refused' END AS undetermined
FROM compared GROUP BY ALL HAVING bool_or(differs)
