-- code = "CRT107"
-- name = "school-stage"
-- title = "就学の時期とサービス種類が合わない"
-- severity = "review"
-- subject = "claim"
-- at_issue = "days"
-- needs = ["recipients"]
-- source = "児童発達支援は就学前、放課後等デイサービスは就学後の児童が対象 data/rules/school_entry.csv (各行の出典による)"
-- why = "4月の就学でサービス種類を切り替え忘れると起こります。就学猶予のこともあります。"
-- logic = "台帳の生年月日から就学の日(4月1日生まれまでを前の学年とし、満6歳の後の4月1日)を求め、その日以後の児童発達支援と、その日より前の放課後等デイサービスの利用日を挙げます。生年月日がわからない児童は見ません。取り込めなかった台帳の行がこの児童のものかもしれないときは、市の設定にかかわらず要確認にとどめます。"
-- [message]
-- default = "{dates}の{services}は、就学の日（{expected}）から見て対象の時期と合いません。"
-- [asked]
-- default = "生年月日と就学の状況(就学猶予など)を確かめ、お知らせください。"
-- [returned]
-- default = "サービス種類を受給者証と就学の時期に合わせて{window}に再請求してください。就学猶予などのときは、先に市へ連絡してください。"
-- [paid]
-- default = "生年月日と就学の状況(就学猶予など)を確かめてください。"
-- [known]
-- default = "次の請求から、就学の時期に合うサービス種類で請求してください。"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
-- recipients = "返戻相当を出さない確認で、生年月日の行が減れば指摘も減るだけ"
WITH entries AS (
    -- Where the ledger knows two birthdays, the day must be wrong by both.
    SELECT b.recipient_no, r.service_type, r.stage, r.valid_from, r.valid_to, entry
    FROM now_recipients b CROSS JOIN rule_school_entry r,
         -- Who is born on the day of entry itself belongs to the earlier school year.
         LATERAL (SELECT make_date(year(b.birth_date) + r.age
                                   + (b.birth_date > make_date(year(b.birth_date), r.entry_month, r.entry_day))::INT,
                                   r.entry_month, r.entry_day) AS entry)
    WHERE b.birth_date IS NOT NULL
), bounds AS (
    SELECT recipient_no, service_type, stage, valid_from, valid_to, min(entry) AS first, max(entry) AS last
    FROM entries GROUP BY ALL
), wrong AS (
    SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, e.stage, e.valid_from, e.first, e.last
    FROM claim_use_counts u
    JOIN bounds e ON e.recipient_no = u.recipient_no AND e.service_type = u.service_type
                  AND u.service_month BETWEEN e.valid_from AND e.valid_to
    WHERE CASE e.stage WHEN 'before' THEN u.last_use >= e.last ELSE u.first_use < e.first END
), named AS (
    SELECT recipient_no, service_type, stage, valid_from,
           string_agg(DISTINCT strftime(entry, '%Y-%m-%d'), 'または' ORDER BY strftime(entry, '%Y-%m-%d')) AS expected
    FROM entries SEMI JOIN wrong USING (recipient_no, service_type, stage, valid_from)
    GROUP BY ALL
)
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date, n.expected,
       -- Another birthday may stand on a row that was refused.
       CASE WHEN row_refused('recipients', u.recipient_no) THEN 'review' ELSE unless_unreadable('recipients') END AS at_most
FROM claim_use_days u JOIN wrong w USING (facility_no, recipient_no, service_month, service_type)
JOIN named n ON n.recipient_no = w.recipient_no AND n.service_type = w.service_type AND n.stage = w.stage
            AND n.valid_from = w.valid_from
WHERE CASE w.stage WHEN 'before' THEN u.use_date >= w.last ELSE u.use_date < w.first END
