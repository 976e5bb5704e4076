-- code = "AMT707"
-- name = "burden-share"
-- title = "利用者負担の割合の誤り"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["recipients"]
-- source = "1割相当額・無償化・多子軽減の割合 data/rules/burden_rates.csv (各行の出典による)"
-- why = "無償化や多子軽減の区分が変わったことや、端数の切捨てに気づかずに計算すると起こります。"
-- logic = "集計情報の行ごとに、1割相当額が総費用額の1割(1円未満切捨て)と違うもの、利用者負担額②が無償化・多子軽減の割合による額(当たらなければ1割相当額、市の独自負担割合があればそれによる額でもよい)と違うもの、上限月額調整が利用者負担額②より多いものを挙げます。月の初日に有効な受給者台帳の行で見て、行がいくつかあれば一つに合えば足ります。行がなければ、無償化も多子軽減もない放課後等デイサービスだけを見ます。"
-- [message]
-- default = "{services}の利用者負担の計算が受給者の区分と合いません（請求：{observed}、計算：{expected}）。"
-- [asked]
-- default = "受給者証の無償化・多子軽減の区分を確かめ、利用者負担額の計算に誤りがないかをお知らせください。"
-- [returned]
-- default = "受給者証の区分に合わせて利用者負担額を計算し直し、{window}に再請求してください。"
-- [paid]
-- default = "受給者証の無償化・多子軽減の区分と、利用者負担額を確かめてください。"
-- [known]
-- default = "次の請求から、受給者証の無償化・多子軽減の区分に合わせて計算してください。"
-- [undetermined]
-- no_recipient = "月の初日に有効な受給者台帳の行がなく、無償化・多子軽減の区分がわかりません"
-- no_rule = "この月の利用者負担の割合が登録されていません(data/rules/burden_rates.csv)"
-- refused_row = "受給者台帳(recipients.csv)に、取り込めなかったこの児童か世帯の行があり、利用者負担額②の割合がわかりません"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- recipients = "guarded"
WITH totals AS (
    SELECT t.facility_no, t.recipient_no, t.service_month, t.service_type, t.line, t.total_cost, t.tenth, t.burden,
           t.capped_burden, floor_div(t.total_cost * n.percent, 100) AS right_tenth,
           EXISTS (FROM rule_burden_rates r WHERE r.service_type = t.service_type) AS reducible,
           row_refused('recipients', t.recipient_no) AS refused
    FROM claim_totals t
    LEFT JOIN rule_burden_rates n ON n.service_type IS NULL AND t.service_month BETWEEN n.valid_from AND n.valid_to
    WHERE t.review_month = review_month()
), shares AS (
    -- One row for each row of the recipient: the share its class pays of this service, the smallest of several.
    SELECT t.*, p.line AS recipient_line, p.own_percent, bool_or(b.service_type IS NOT NULL) AS reduced,
           min(b.percent) FILTER (t.service_month BETWEEN b.valid_from AND b.valid_to) AS percent
    FROM totals t
    LEFT JOIN now_recipients p ON p.recipient_no = t.recipient_no
                              AND in_force(p.valid_from, p.valid_to, t.service_month)
    LEFT JOIN rule_burden_rates b ON b.service_type = t.service_type
     AND (b.free_of_charge = p.free_of_charge OR b.sibling_class = p.sibling_class)
    GROUP BY ALL
), rights AS (
    SELECT *, CASE WHEN reduced THEN floor_div(total_cost * percent, 100) ELSE tenth END AS right_burden,
           -- What the city lets the family pay instead, by its own rule.
           floor_div(total_cost * own_percent, 100) AS own_burden
    FROM shares
), judged AS (
    SELECT facility_no, recipient_no, service_month, service_type, line, tenth, right_tenth, burden, capped_burden, refused,
           -- Without a row, only a service that nobody pays less for can be judged.
           bool_or(recipient_line IS NULL AND reducible) AS unknown,
           bool_or(right_tenth IS NULL OR right_burden IS NULL) AS unruled,
           tenth <> right_tenth AS tenth_wrong, capped_burden > burden AS capped_wrong,
           NOT bool_or(right_burden = burden OR coalesce(own_burden = burden, FALSE)) AS burden_wrong,
           min(abs(burden - right_burden)) AS burden_off
    FROM rights GROUP BY ALL
), wrong AS (
    FROM judged WHERE unknown OR unruled OR tenth_wrong OR burden_wrong OR capped_wrong
), named AS (
    SELECT facility_no, recipient_no, service_month, service_type, line,
           string_agg(DISTINCT right_burden || '円', 'か' ORDER BY right_burden || '円') AS right_burdens
    FROM rights SEMI JOIN wrong USING (facility_no, recipient_no, service_month, service_type, line)
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type,
       concat_ws('・', CASE WHEN tenth_wrong THEN format('1割相当額 {}円', tenth) END,
                 CASE WHEN burden_wrong AND NOT refused THEN format('利用者負担額② {}円', burden) END,
                 CASE WHEN capped_wrong THEN format('上限月額調整 {}円', capped_burden) END) AS observed,
       concat_ws('・', CASE WHEN tenth_wrong THEN format('1割相当額 {}円', right_tenth) END,
                 CASE WHEN burden_wrong AND NOT refused THEN format('利用者負担額② {}', right_burdens) END,
                 CASE WHEN capped_wrong THEN format('上限月額調整 {}円以下', burden) END) AS expected,
       CASE WHEN burden_wrong AND NOT refused THEN burden_off WHEN capped_wrong THEN capped_burden - burden END AS at_issue,
       CASE WHEN burden_wrong AND NOT tenth_wrong AND NOT capped_wrong THEN unless_unreadable('recipients') END AS at_most,
       CASE WHEN unknown THEN 'no_recipient' WHEN unruled THEN 'no_rule'
            WHEN refused AND NOT tenth_wrong AND NOT capped_wrong THEN 'refused_row' END AS undetermined
FROM wrong JOIN named USING (facility_no, recipient_no, service_month, service_type, line)
