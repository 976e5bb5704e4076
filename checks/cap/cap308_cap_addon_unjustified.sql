-- code = "CAP308"
-- name = "cap-addon-unjustified"
-- title = "上限額管理加算を算定できない"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["recipients", "cap_managers", "service_codes"]
-- source = "上限額管理加算は、届出のある管理事業所が、ほかの事業所の利用がある月に1回だけ算定する (川越市 令和6年度集団指導資料 加算の一覧、上限額管理の手引き)"
-- why = "管理事業所でなくなった後も前月と同じに請求するか、ほかの事業所の利用がなかった月に算定すると起こります。"
-- logic = "上限額管理加算のある明細書で、届出のある管理事業所でないもの、1回を超えるもの、ほかの事業所の請求も結果票の行もないものを挙げます。同じ世帯や複数児童用の結果票の別の児童がほかの事業所を利用しているときは要確認です。"
-- federation = ["EG17"]
-- [message]
-- not_filed = "上限額管理加算を算定していますが、{month}に届出のある上限額管理事業所ではありません。"
-- repeated = "上限額管理加算を{observed}回算定しています。算定できるのは月に1回です。"
-- alone = "上限額管理加算を算定していますが、{month}にほかの事業所の利用がありません。"
-- [asked]
-- not_filed = "保護者に、届出に書いた上限額管理事業所を確かめ、お知らせください。"
-- repeated = "上限額管理加算の正しい回数をお知らせください。"
-- alone = "ほかの事業所の利用があるか、きょうだいの分の管理かを確かめ、お知らせください。"
-- [returned]
-- not_filed = "上限額管理加算を外して{window}に再請求してください。届出が済んでいるときは、先に市へ連絡してください。"
-- repeated = "上限額管理加算を1回に直して{window}に再請求してください。"
-- alone = "上限額管理加算を外して{window}に再請求してください。きょうだいの分の管理であるときは、先に市へ連絡してください。"
-- [paid]
-- not_filed = "保護者に、届出に書いた上限額管理事業所を確かめてください。"
-- repeated = "上限額管理加算の回数を確かめてください。"
-- alone = "ほかの事業所の利用があるかを確かめてください。"
-- [known]
-- default = "上限額管理加算は、届出のある管理事業所が、ほかの事業所の利用のある月に1回だけ算定してください。"
-- [undetermined]
-- refused = "取り込めなかった明細書か結果票が、ほかの事業所の利用を示すものかもしれません。取り込めなかった行を確かめてください"
-- state = "ほかの事業所の利用を示す審査履歴か返戻等一覧に、読めない行があります"
-- unread = "受給者台帳か上限額管理の届出に読めない行があり、この受給者のものかもしれません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- claims = "guarded"
-- sheets = "guarded"
-- attendance = "明細書や結果票を出せる事業所を知るためだけに読みます"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "guarded"
-- cap_managers = "guarded"
-- service_codes = "コードがわからなければ、その行は上限額管理加算に数えません"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, sum(line_count) AS times, sum(line_units) AS units
    FROM coded_lines SEMI JOIN (FROM code_keys WHERE addon_key = 'cap_management') USING (service_code, service_month)
    GROUP BY ALL
), elsewhere AS (
    SELECT b.facility_no, b.recipient_no, b.service_month FROM billed b
    JOIN claims_standing c ON c.recipient_no = b.recipient_no AND c.service_month = b.service_month
                          AND c.facility_no <> b.facility_no
    UNION
    -- A row of a sheet on which the child is: of a household's, a row of any of its children.
    SELECT b.facility_no, b.recipient_no, b.service_month FROM billed b
    JOIN sheet_lines own ON own.child_no = b.recipient_no AND own.service_month = b.service_month
    JOIN sheet_lines s ON s.review_month = own.review_month AND s.file = own.file AND s.group_line = own.group_line
                      AND s.row_facility_no <> b.facility_no
), mates AS (
    -- Children on one sheet of a household.
    SELECT DISTINCT own.child_no AS recipient_no, s.child_no AS sibling_no, s.service_month
    FROM sheet_lines own
    JOIN sheet_lines s ON s.review_month = own.review_month AND s.file = own.file AND s.group_line = own.group_line
                      AND s.child_no <> own.child_no
), siblings AS (
    SELECT recipient_no, service_month, facility_no FROM sibling_claims
    UNION
    SELECT m.recipient_no, m.service_month, c.facility_no
    FROM mates m JOIN claims_possible c ON c.recipient_no = m.sibling_no AND c.service_month = m.service_month
), judged AS (
    SELECT b.*, e.facility_no IS NULL AS alone, b.times > 1 AS repeated,
           NOT EXISTS (FROM now_cap_managers m
                       WHERE m.recipient_no = b.recipient_no AND m.facility_no = b.facility_no
                         AND overlaps_month(m.valid_from, m.valid_to, b.service_month)) AS not_filed,
           EXISTS (FROM siblings k WHERE k.recipient_no = b.recipient_no AND k.service_month = b.service_month
                                     AND k.facility_no IS DISTINCT FROM b.facility_no) AS siblings,
           refused_somewhere('claim', b.recipient_no, b.service_month) AS claim_refused,
           refused_somewhere('sheet', b.recipient_no, b.service_month) AS sheet_refused,
           EXISTS (FROM claims_doubted d WHERE d.recipient_no = b.recipient_no AND d.service_month = b.service_month
                                           AND d.facility_no <> b.facility_no)
             OR EXISTS (FROM sheets_doubted d
                        WHERE d.recipient_no = b.recipient_no AND d.service_month = b.service_month) AS doubted,
           row_refused('cap_managers', b.recipient_no) AS filing_unread
    FROM billed b LEFT JOIN elsewhere e USING (facility_no, recipient_no, service_month)
), certain AS (
    -- What no refused line could remove.
    SELECT *, repeated OR (not_filed AND NOT filing_unread)
              OR (alone AND NOT claim_refused AND NOT sheet_refused AND NOT doubted) AS sure,
           repeated OR (not_filed AND unless_unreadable('cap_managers') IS NULL)
              OR (alone AND unless_unreadable('history') IS NULL) AS plain
    FROM judged
)
SELECT facility_no, recipient_no, service_month, times::VARCHAR AS observed,
       CASE WHEN not_filed OR alone OR times < 2 THEN units ELSE units * (times - 1) // times END AS units_at_issue,
       CASE WHEN not_filed AND NOT filing_unread THEN 'not_filed' WHEN repeated THEN 'repeated'
            WHEN not_filed THEN 'not_filed' ELSE 'alone' END AS reason,
       -- A refused sheet may be the household's, and name a child that is at another facility.
       CASE WHEN siblings OR sheet_refused OR doubted THEN 'review' ELSE 'return' END AS severity,
       CASE WHEN NOT plain THEN 'review' ELSE unless_unreadable('recipients') END AS at_most,
       CASE WHEN row_refused('recipients', recipient_no) THEN 'unread'
            WHEN NOT sure THEN CASE WHEN alone AND (claim_refused OR sheet_refused) THEN 'refused'
                                    WHEN alone AND doubted THEN 'state' ELSE 'unread' END END AS undetermined
FROM certain WHERE not_filed OR repeated OR alone
