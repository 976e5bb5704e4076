-- code = "FAC504"
-- name = "addon-not-registered"
-- title = "届出のない加算の算定"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["facilities", "facility_addons", "service_codes"]
-- source = "体制届の要る加算は、届け出た内容で算定する (川越市 令和6年度集団指導資料 ⑴、⒀③)"
-- why = "体制届を出し忘れるか、取り下げた加算を請求ソフトから外し忘れると起こります。"
-- logic = "届出の要る加算のうち、その事業所・種類のその加算の届出が月に重ならないものを挙げます。いくつかの加算を合わせたコードは、どの加算にも届出が要ります。"
-- role = "state_of_facility"
-- [message]
-- default = "{services}で算定している{observed}は届出が必要ですが、{month}に有効な届出がありません。"
-- [asked]
-- default = "体制届を出しているかを確かめ、出していれば控えを市へ送ってください。"
-- [returned]
-- default = "この加算を外して{window}に再請求してください。体制届が済んでいるときは、先に控えを添えて市へ連絡してください。"
-- [paid]
-- default = "体制届を出しているかを確かめてください。"
-- [known]
-- default = "加算を算定する前に、体制届を出してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- refused_row = "体制届(facility_addons.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "読まない月の明細書を除くためだけに読む"
-- facilities = "台帳にない事業所を判定しないためだけに読む"
-- facility_addons = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, coalesce(l.name, '') || '(' || l.service_code || ')' AS observed,
       l.line_units AS units_at_issue, unless_unreadable('facility_addons') AS at_most,
       CASE WHEN x.facility_no IS NOT NULL THEN 'unknown'
            WHEN facility_row_refused('facility_addons', l.facility_no) THEN 'refused_row' END AS undetermined
FROM filed_lines l
LEFT JOIN unknown_facilities x USING (facility_no)
WHERE x.facility_no IS NOT NULL OR NOT EXISTS (
      FROM registrations r
      WHERE r.class = '加算' AND r.facility_no = l.facility_no AND r.service_month = l.service_month
        AND r.service_type = l.service_type AND r.addon_key = l.addon_key)
