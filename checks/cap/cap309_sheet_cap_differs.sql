-- code = "CAP309"
-- name = "sheet-cap-differs"
-- title = "上限額管理結果票の上限月額が受給者証と違う"
-- severity = "return"
-- subject = "sheet"
-- needs = ["recipients"]
-- source = "結果票の利用者負担上限月額は受給者証による (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.128-130)"
-- why = "上限月額が変わった後の受給者証を確かめずに、前の額で結果票を作ると起こります。"
-- logic = "結果票の利用者負担上限月額が、月に重なる受給者台帳のどの上限月額とも違うものを挙げます。複数児童用の結果票は、票の受給者の上限月額と比べます。月に重なる行がなければ比べません。"
-- [message]
-- default = "上限額管理結果票の利用者負担上限月額{observed}円が、受給者証の{expected}円と違います。"
-- [asked]
-- default = "受給者証の利用者負担上限月額と適用期間を確かめ、正しい額をお知らせください。"
-- [returned]
-- default = "受給者証の上限月額で結果票を作り直し、作成区分{kind}で{window}に送ってください。"
-- [paid]
-- default = "受給者証の利用者負担上限月額と適用期間を確かめてください。"
-- [known]
-- default = "次回から、受給者証の上限月額を確かめて結果票を作ってください。"
-- [undetermined]
-- unread = "受給者台帳に読めない行があり、この受給者のものかもしれません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- sheets = "結果票がなければ指摘も出ません"
-- recipients = "guarded"
SELECT s.facility_no, s.recipient_no, s.service_month, s.burden_cap::VARCHAR AS observed,
       string_agg(DISTINCT r.burden_cap::VARCHAR, 'または' ORDER BY r.burden_cap::VARCHAR) AS expected,
       unless_unreadable('recipients') AS at_most,
       CASE WHEN row_refused('recipients', s.recipient_no) THEN 'unread' END AS undetermined
FROM live_sheets s
JOIN now_recipients r ON r.recipient_no = s.recipient_no AND overlaps_month(r.valid_from, r.valid_to, s.service_month)
GROUP BY s.facility_no, s.recipient_no, s.service_month, s.file, s.group_line, s.burden_cap
HAVING NOT bool_or(r.burden_cap = s.burden_cap)
