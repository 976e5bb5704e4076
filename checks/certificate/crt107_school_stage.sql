-- code = "CRT107"
-- name = "school-stage"
-- title = "就学の時期とサービス種類が合わない"
-- severity = "review"
-- subject = "claim"
-- needs = ["recipients"]
-- source = "児童発達支援は就学前、放課後等デイサービスは就学後の児童が対象 data/rules/school_entry.csv (各行の出典による)"
-- why = "4月の就学でサービス種類を切り替え忘れると起こります。就学猶予のこともあります。"
-- logic = "台帳の生年月日から就学の日(4月1日生まれまでを前の学年とし、満6歳の後の4月1日)を求め、その日以後の児童発達支援と、その日より前の放課後等デイサービスの利用日を挙げます。生年月日がわからない児童は見ません。"
-- [message]
-- default = "{dates}の{services}は、就学の日({expected})から見て対象の時期と合いません。"
-- [action]
-- default = "生年月日と就学の状況(就学猶予など)を確かめてください。サービス種類の誤りなら、受給者証に合わせて{window}に再請求してください。"
WITH staged AS (
    SELECT u.*, r.stage,
           -- Who is born on the day of entry itself belongs to the earlier school year.
           make_date(year(b.birth_date) + r.age
                     + (b.birth_date > make_date(year(b.birth_date), r.entry_month, r.entry_day))::INT,
                     r.entry_month, r.entry_day) AS entry
    FROM claim_use_days u
    JOIN (SELECT DISTINCT recipient_no, birth_date FROM now_recipients WHERE birth_date IS NOT NULL) b
      USING (recipient_no)
    JOIN rule_school_entry r ON r.service_type = u.service_type
                            AND u.service_month BETWEEN r.valid_from AND r.valid_to
)
SELECT facility_no, recipient_no, service_month, service_type, use_date,
       string_agg(strftime(entry, '%Y-%m-%d'), 'または' ORDER BY entry) AS expected
FROM staged
GROUP BY ALL
-- Where the ledger knows two birthdays, the day must be wrong by both.
HAVING bool_and(CASE stage WHEN 'before' THEN use_date >= entry ELSE use_date < entry END)
