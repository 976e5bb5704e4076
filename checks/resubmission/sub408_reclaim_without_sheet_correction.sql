-- code = "SUB408"
-- name = "reclaim-without-sheet-correction"
-- title = "再請求に結果票の修正がない"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["outcomes", "petitions"]
-- source = "費用や負担額の変わる再請求では、結果票の修正を同じ月に送る (東京都国保連 過誤調整の公表資料)"
-- why = "明細書だけを直して、上限額管理結果票の修正を忘れると起こります。"
-- logic = "過誤申立の後に再請求された明細書のうち、給付費が決定済みの額と違い、その受給者・月の結果票が決定しているのに、作成区分「2 修正」の結果票がこの審査月にないものを挙げます。"
-- [message]
-- default = "{month}の再請求の給付費が決定済みの額と違いますが、上限額管理結果票の修正が提出されていません（決定済み{expected}円、再請求{observed}円）。"
-- [asked]
-- default = "結果票も変わるかどうかを確かめ、お知らせください。"
-- "default.manager" = "利用者負担額が変わるかどうかと、結果票を直したかをお知らせください。"
-- "default.related" = "利用者負担額が変わるかどうかと、管理事業所に知らせたかをお知らせください。"
-- [returned]
-- default = "利用者負担額が変わるときは、上限額管理事業所の結果票(作成区分「2 修正」)と同じ月になるよう、{window}に再請求してください。"
-- "default.manager" = "利用者負担額が変わるときは、結果票も直し、作成区分「2 修正」で明細書とともに{window}に送ってください。"
-- "default.related" = "利用者負担額が変わるときは管理事業所に知らせ、結果票(作成区分「2 修正」)と同じ月になるよう、{window}に再請求してください。"
-- [paid]
-- default = "総費用額か利用者負担額が変わったときは、直した金額を上限額管理事業所に知らせてください。"
-- "default.manager" = "総費用額か利用者負担額が変わったときは、次の請求の期間に、作成区分「2 修正」の結果票を送ってください。"
-- [known]
-- default = "再請求で金額が変わるときは、結果票も作成区分「2 修正」で同じ月に送ってください。"
-- [undetermined]
-- unknown_benefit = "決定済みの給付費がわかりません"
-- refused = "取り込めなかった上限額管理結果票が、この月の修正かもしれません。取り込めなかった行を確かめてください"
-- state = "この請求か結果票の過誤申立・審査履歴・返戻等一覧に、読めない行があります"
-- [refused]
-- claims = "明細書がなければ指摘も出ません"
-- sheets = "guarded"
-- attendance = "結果票を出せる事業所を知るためだけに読みます"
-- notices = "guarded"
-- history = "guarded"
-- petitions = "guarded"
-- recipients = "同じ世帯の児童を知るためだけに読みます"
-- cap_managers = "結果票を出せる事業所を知るためだけに読みます"
WITH again AS (
    -- The petition is processed by this close, or took the claim back in an earlier month.
    SELECT DISTINCT facility_no, recipient_no, service_month FROM petitions_due WHERE state = 'decided'
    UNION
    SELECT p.facility_no, p.recipient_no, p.service_month
    FROM now_petitions p JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE p.process_month < review_month() AND s.state <> 'decided'
)
SELECT c.facility_no, c.recipient_no, c.service_month, c.benefit_yen::VARCHAR AS observed,
       d.benefit_yen::VARCHAR AS expected, abs(c.benefit_yen - d.benefit_yen) AS at_issue,
       coalesce(unless_unreadable('petitions'), unless_unreadable('history')) AS at_most,
       CASE WHEN d.benefit_yen IS NULL THEN 'unknown_benefit'
            WHEN refused_somewhere('sheet', c.recipient_no, c.service_month) THEN 'refused'
            WHEN state_refused(c.facility_no, c.recipient_no, c.service_month)
                 OR key_row_refused('petitions', c.facility_no, c.recipient_no, c.service_month)
                 OR EXISTS (FROM sheets_doubted t WHERE t.recipient_no = c.recipient_no
                                                    AND t.service_month = c.service_month) THEN 'state'
            END AS undetermined
FROM claims_now c
SEMI JOIN again a USING (facility_no, recipient_no, service_month)
JOIN claim_states d USING (facility_no, recipient_no, service_month)
SEMI JOIN sheets_decided t ON t.recipient_no = c.recipient_no AND t.service_month = c.service_month
WHERE d.decided_month IS NOT NULL AND d.benefit_yen IS DISTINCT FROM c.benefit_yen
  AND NOT EXISTS (
      FROM sheets_now s JOIN sheet_children k USING (review_month, file, group_line)
      WHERE s.submission_kind = '2' AND k.recipient_no = c.recipient_no AND s.service_month = c.service_month)
