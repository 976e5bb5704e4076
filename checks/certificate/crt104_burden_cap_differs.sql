-- code = "CRT104"
-- name = "burden-cap-differs"
-- title = "利用者負担上限月額が受給者証と違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["recipients"]
-- source = "明細書の利用者負担上限月額①は受給者証の記載による (インタフェース仕様書 サービス事業所編 令和7年4月版 p.115)"
-- why = "負担上限月額の切り替え(毎年7月など)の後に古い額のまま請求するか、世帯の上限月額をきょうだいで分けて書くと起こります。"
-- logic = "明細書の利用者負担上限月額①が、その月に重なる受給者台帳のどの行の上限月額とも違うものを挙げます。どの上限月額よりも低く、同じ世帯の他の児童のその月の明細書があるか、取り込めなかったものがそれかもしれないときは要確認です。henrei.toml の checks.shared_cap が true のときは、いちばん高い上限月額を超えるものだけを挙げます。重なる行がない受給者と無償化対象の児童は見ません。"
-- [message]
-- default = "利用者負担上限月額が{observed}円で請求されていますが、受給者証では{expected}円です。"
-- split = "利用者負担上限月額が{observed}円で請求されていますが、受給者証では{expected}円です。世帯の上限月額をきょうだいで分けた額かもしれません。"
-- [asked]
-- default = "受給者証の利用者負担上限月額と適用期間を確かめ、お知らせください。"
-- split = "受給者証の額を確かめ、きょうだいで分けた額であれば、そのことをお知らせください。"
-- [returned]
-- default = "受給者証の利用者負担上限月額で利用者負担額を計算し直して{window}に再請求してください。"
-- split = "受給者証の利用者負担上限月額に直し、利用者負担額も計算し直して{window}に再請求してください。"
-- [paid]
-- default = "受給者証の利用者負担上限月額と適用期間を確かめてください。"
-- [known]
-- default = "次の請求から、受給者証の利用者負担上限月額を書いてください。"
-- [undetermined]
-- refused = "取り込めなかった受給者台帳の行がこの受給者か世帯のものです"
-- [refused]
-- claims = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "guarded"
WITH caps AS (
    SELECT c.facility_no, c.recipient_no, c.service_month, c.burden_cap, min(r.burden_cap) AS least,
           max(r.burden_cap) AS most, bool_or(r.burden_cap = c.burden_cap) AS fits,
           bool_or(coalesce(r.free_of_charge, '') = '2') AS free
    FROM claims_now c
    JOIN now_recipients r ON r.recipient_no = c.recipient_no AND overlaps_month(r.valid_from, r.valid_to, c.service_month)
    GROUP BY ALL
), wrong AS (
    FROM caps
    WHERE NOT free
      AND CASE WHEN EXISTS (FROM rule_variants v WHERE v.setting = 'shared_cap' AND v.variant = 'true')
               THEN burden_cap > most ELSE NOT fits END
), named AS (
    SELECT w.facility_no, w.recipient_no, w.service_month,
           string_agg(DISTINCT r.burden_cap::VARCHAR, '・' ORDER BY r.burden_cap::VARCHAR) AS expected
    FROM wrong w
    JOIN now_recipients r ON r.recipient_no = w.recipient_no AND overlaps_month(r.valid_from, r.valid_to, w.service_month)
    GROUP BY ALL
), siblings AS (
    SELECT DISTINCT w.recipient_no, w.service_month, o.recipient_no AS other
    FROM wrong w
    JOIN now_recipients h ON h.recipient_no = w.recipient_no
    JOIN now_recipients o ON o.household_no = h.household_no AND o.recipient_no <> h.recipient_no
    LEFT JOIN children a ON a.recipient_no = h.recipient_no
    LEFT JOIN children b ON b.recipient_no = o.recipient_no
    WHERE w.burden_cap < w.least AND coalesce(a.child_code <> b.child_code, TRUE)
), shares AS (
    -- Whether another child of the household has a claim, and whether one was refused that could be its own, or what
    -- says that it is decided.
    SELECT s.recipient_no, s.service_month,
           bool_or(EXISTS (FROM claims_standing c WHERE c.recipient_no = s.other AND c.service_month = s.service_month))
               AS claimed,
           bool_or(EXISTS (FROM refused_now r
                           WHERE (r.unit IN ('claim', 'notice') OR r.unit IS NULL)
                             AND (r.recipient_no = s.other OR r.recipient_no IS NULL)
                             AND (r.service_month = s.service_month OR r.service_month IS NULL))
                   OR EXISTS (FROM refused_rows_now r
                              WHERE r.ledger = 'history' AND (r.recipient_no = s.other OR r.recipient_no IS NULL)
                                AND (r.service_month = s.service_month OR r.service_month IS NULL))) AS maybe_claimed
    FROM siblings s GROUP BY ALL
)
SELECT w.facility_no, w.recipient_no, w.service_month, w.burden_cap::VARCHAR AS observed, n.expected,
       -- How much the family pays by the one cap and by the other.
       CASE WHEN w.least = w.most THEN abs(least(b.burden, w.burden_cap) - least(b.burden, w.least)) END AS at_issue,
       CASE WHEN s.claimed THEN 'review' END AS severity,
       CASE WHEN s.claimed OR s.maybe_claimed THEN 'split' END AS reason,
       CASE WHEN s.maybe_claimed THEN 'review' ELSE unless_unreadable('recipients') END AS at_most,
       CASE WHEN row_refused('recipients', w.recipient_no) THEN 'refused' END AS undetermined
FROM wrong w
JOIN named n USING (facility_no, recipient_no, service_month)
-- The same recipient may have claims at two facilities: only the one below every cap is a share.
LEFT JOIN shares s ON s.recipient_no = w.recipient_no AND s.service_month = w.service_month AND w.burden_cap < w.least
LEFT JOIN (SELECT facility_no, recipient_no, service_month, sum(burden) AS burden
           FROM claim_totals WHERE review_month = review_month() GROUP BY ALL) b
     ON b.facility_no = w.facility_no AND b.recipient_no = w.recipient_no AND b.service_month = w.service_month
