-- code = "FAC501"
-- name = "facility-not-designated"
-- title = "指定のない事業所・休止中の事業所の利用"
-- severity = "return"
-- subject = "claim"
-- at_issue = "days"
-- needs = ["facilities"]
-- source = "請求は障害児施設台帳の指定の内容と一致していること (川越市 令和6年度集団指導資料 ⒀③)"
-- why = "指定の更新・廃止・休止の届出や、サービス種類の追加が台帳に反映されていないと起こります。"
-- logic = "利用日に、その事業所のその種類の指定が有効でないか、休止中であるものを挙げます。指定開始日が空なら、はじめから指定があるものとします。始まりも終わりもない休止は休止とみません。台帳にない事業所と、台帳に取り込めなかった行のある事業所は判定しません。"
-- federation = ["EE09"]
-- role = "state_of_facility"
-- together = "{dates}の{services}は、その日に有効な指定がないか、休止中です。"
-- [message]
-- default = "{dates}の{services}は、その日に有効な指定がないか、休止中です。"
-- [asked]
-- default = "指定・休止・廃止の届出の内容を確かめ、誤りや遅れがあればお知らせください。"
-- [returned]
-- default = "指定のない日の利用であれば、その日を除いて{window}に再請求してください。届出の誤りや遅れのときは、先に市へ連絡してください。"
-- [paid]
-- default = "指定・休止・廃止の届出の内容を確かめてください。"
-- [known]
-- default = "指定・休止・廃止の届出の内容を確かめてください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "取り込めなければ利用日が減るだけで、指摘は増えない"
-- facilities = "guarded"
WITH designations AS (
    -- A suspension without beginning and end is none.
    SELECT facility_no, service_type, valid_from, valid_to, suspended_to,
           CASE WHEN suspended_from > DATE '0001-01-01' OR suspended_to IS NOT NULL THEN suspended_from END AS suspended_from
    FROM now_facilities
), suspects AS (
    SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type
    FROM claim_use_counts u
    -- A row without suspension that is in force on the first and on the last of the days is so on all of them.
    WHERE NOT EXISTS (
        FROM designations f
        WHERE f.facility_no = u.facility_no AND f.service_type = u.service_type AND f.suspended_from IS NULL
          AND in_force(f.valid_from, f.valid_to, u.first_use) AND in_force(f.valid_from, f.valid_to, u.last_use))
)
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date,
       unless_unreadable('facilities') AS at_most,
       CASE WHEN x.facility_no IS NOT NULL THEN 'unknown'
            WHEN facility_row_refused('facilities', u.facility_no) THEN 'refused_row' END AS undetermined
FROM claim_use_days u SEMI JOIN suspects s USING (facility_no, recipient_no, service_month, service_type)
LEFT JOIN unknown_facilities x USING (facility_no)
WHERE NOT EXISTS (
    FROM designations f
    WHERE f.facility_no = u.facility_no AND f.service_type = u.service_type
      AND in_force(f.valid_from, f.valid_to, u.use_date)
      AND NOT coalesce(in_force(f.suspended_from, f.suspended_to, u.use_date), FALSE))
