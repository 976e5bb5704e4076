-- check = "CAP301"
-- title = "上限額管理の届出がない"
-- needs = ["recipients", "cap_managers"]
-- logic = "前の月に二つ以上の事業所番号の請求があり、次の請求の月の利用者負担上限月額が0円を超え、無償化でない児童に、その月に重なる上限額管理の届出がないものを挙げます。終了年月日のある請求の事業所は数えません。取り込めなかった行がこの受給者のものであるときは挙げません。"
-- [message]
-- ended = "複数の事業所を利用していますが、上限額管理の届出が{detail}で終わり、{month}の届出がありません。"
-- never = "複数の事業所を利用していますが、{month}の上限額管理の届出がありません。"
-- [action]
-- ended = "{month}も複数の事業所を利用したときは、利用者負担上限額管理事務依頼届出書を市へ出すよう、請求の前に保護者へ案内してください。"
-- never = "{month}も複数の事業所を利用したときは、利用者負担上限額管理事務依頼届出書を市へ出すよう、請求の前に保護者へ案内してください。"
WITH several AS (
    SELECT recipient_no FROM services_last GROUP BY ALL HAVING count(DISTINCT facility_no) >= 2
), capped AS (
    SELECT s.recipient_no FROM several s JOIN now_recipients r
      ON r.recipient_no = s.recipient_no AND overlaps_month(r.valid_from, r.valid_to, coming_month())
    GROUP BY ALL HAVING max(r.burden_cap) > 0 AND NOT bool_or(coalesce(r.free_of_charge, '') = '2')
), ended AS (
    SELECT recipient_no, max(valid_to) AS until FROM now_cap_managers WHERE valid_to < coming_month() GROUP BY ALL
)
SELECT DISTINCT s.facility_no, s.recipient_no, coming_month() AS service_month,
       coalesce(e.until + 1, coming_month())::DATE AS since, day_text(e.until) AS detail,
       CASE WHEN e.until IS NULL THEN 'never' ELSE 'ended' END AS reason
FROM services_last s
JOIN capped c USING (recipient_no)
LEFT JOIN ended e USING (recipient_no)
WHERE NOT EXISTS (FROM now_cap_managers m WHERE m.recipient_no = s.recipient_no
                                            AND overlaps_month(m.valid_from, m.valid_to, coming_month()))
  AND NOT row_refused('recipients', s.recipient_no) AND NOT row_refused('cap_managers', s.recipient_no)
