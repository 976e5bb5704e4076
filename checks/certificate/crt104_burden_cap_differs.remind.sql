-- check = "CRT104"
-- title = "利用者負担上限月額が変わる"
-- needs = ["recipients"]
-- logic = "前の請求の利用者負担上限月額①がその月の受給者台帳と合っていて(無償化の児童はどの額でも)、次の請求の月に重なるどの行とも違うものを挙げます。次の月に無償化の児童、重なる行がない受給者、取り込めなかった行がこの受給者のものであるときは挙げません。checks.shared_cap が true のときは、いちばん高い上限月額を超えるものだけを挙げます。前の請求がその月の台帳と違っていたものは、その月の指摘で知らせています。"
-- [message]
-- default = "利用者負担上限月額は{month}から{expected}です（前の請求は{observed}）。"
-- no_longer_free = "無償化の期間が終わり、利用者負担上限月額は{month}から{expected}です（前の請求は{observed}）。"
-- [action]
-- default = "{month}の請求は{expected}で利用者負担額を計算してください。受給者証の額が違うときは、請求の前に市へ知らせてください。"
-- no_longer_free = "{month}の請求は{expected}で利用者負担額を計算してください。受給者証の額が違うときは、請求の前に市へ知らせてください。"
WITH used AS (
    SELECT DISTINCT c.facility_no, c.recipient_no, c.service_month, coalesce(c.burden_cap, 0) AS burden_cap
    FROM claims_last c SEMI JOIN services_last s USING (facility_no, recipient_no)
    WHERE NOT row_refused('recipients', c.recipient_no)
), before AS (
    SELECT u.facility_no, u.recipient_no, bool_or(coalesce(r.free_of_charge, '') = '2') AS free,
           bool_or(r.burden_cap = u.burden_cap) AS fits, max(r.burden_cap) AS most
    FROM used u JOIN now_recipients r
      ON r.recipient_no = u.recipient_no AND overlaps_month(r.valid_from, r.valid_to, u.service_month)
    GROUP BY ALL
), after AS (
    SELECT u.facility_no, u.recipient_no, u.burden_cap, bool_or(coalesce(r.free_of_charge, '') = '2') AS free,
           bool_or(r.burden_cap = u.burden_cap) AS fits, max(r.burden_cap) AS most,
           min(greatest(r.valid_from, coming_month())) AS since,
           string_agg(DISTINCT yen_text(r.burden_cap), 'か' ORDER BY yen_text(r.burden_cap)) AS expected
    FROM used u JOIN now_recipients r
      ON r.recipient_no = u.recipient_no AND overlaps_month(r.valid_from, r.valid_to, coming_month())
    GROUP BY ALL
), rule AS (
    SELECT EXISTS (FROM rule_variants v WHERE v.setting = 'shared_cap' AND v.variant = 'true') AS shared
)
SELECT a.facility_no, a.recipient_no, coming_month() AS service_month, a.since, yen_text(a.burden_cap) AS observed,
       a.expected, CASE WHEN b.free THEN 'no_longer_free' ELSE 'default' END AS reason
FROM after a JOIN before b USING (facility_no, recipient_no) CROSS JOIN rule
WHERE NOT a.free
  AND CASE WHEN shared THEN (b.free OR a.burden_cap <= b.most) AND a.burden_cap > a.most
           ELSE (b.free OR b.fits) AND NOT a.fits END
