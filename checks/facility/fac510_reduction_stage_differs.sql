-- code = "FAC510"
-- name = "reduction-stage-differs"
-- title = "減算の段階(30%・50%)が違う"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities", "facility_addons", "service_codes"]
-- source = "欠如減算・計画未作成減算の段階 data/rules/reduction_stages.csv (各行の出典による。月数は henrei.toml [rules] staff_shortage_months で選ぶ)"
-- why = "減算が続いているのに、50%の段階に替えるのを忘れると起こります。"
-- logic = "段階のある減算の有効開始日の月を1月目として数え、50%の段階になる月から50%の減算、それより前は30%の減算でなければなりません。50%の減算として届け出てあれば50%です。どちらかの減算の行があって、正しいものだけでない明細書を挙げます(どちらもなければ FAC505)。"
-- role = "state_of_facility"
-- [message]
-- default = "{services}の減算は、始まりから数えて{detail}のはずですが、{observed}で請求されています。"
-- [asked]
-- default = "減算の始まった月を確かめ、お知らせください。"
-- [returned]
-- default = "正しい段階の減算に直して{window}に再請求してください。"
-- [paid]
-- default = "減算の始まった月を確かめてください。"
-- [known]
-- default = "次の請求から、減算の始まった月から数えた段階で算定してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- no_rule = "この月の減算の段階が登録されていません(data/rules/reduction_stages.csv)"
-- refused_row = "体制届(facility_addons.csv)に、取り込めなかったこの事業所の行があります"
-- refused_claim = "取り込めなかったこの児童・月の明細書があります"
-- [refused]
-- claims = "guarded"
-- attendance = "取り込めなければ利用日が減るだけで、指摘は増えない"
-- facilities = "台帳にない事業所を判定しないためだけに読む"
-- facility_addons = "guarded"
-- service_codes = "行がなければ減算がわからず、指摘も出ない"
WITH due AS (
    SELECT r.facility_no, r.recipient_no, r.service_month, r.service_type, r.staged_key,
           date_diff('month', r.valid_from, r.service_month) + 1 AS month_no, s.half_from, r.half_registered
    FROM reductions_due r
    SEMI JOIN rule_reduction_stages k ON k.addon_key = r.staged_key
    LEFT JOIN (SELECT s.* FROM rule_reduction_stages s
               JOIN rule_variants v ON v.setting = 'staff_shortage_months' AND v.variant = s.variant) s
      ON s.addon_key = r.staged_key AND r.service_month BETWEEN s.valid_from AND s.valid_to
), compared AS (
    SELECT d.facility_no, d.recipient_no, d.service_month, d.service_type, d.staged_key,
           bool_or(d.half_from IS NULL) AS open, max(d.month_no) AS month_no,
           -- Two rows of one key in a month may each ask for its own stage.
           list(DISTINCT d.staged_key || CASE WHEN d.half_registered OR d.month_no >= d.half_from THEN '_half' ELSE '' END)
               AS right_keys,
           list(DISTINCT k.addon_key) AS keys
    FROM due d
    JOIN claim_keys k USING (facility_no, recipient_no, service_month, service_type)
    WHERE k.addon_key IN (d.staged_key, d.staged_key || '_half')
    GROUP BY ALL
)
SELECT c.facility_no, c.recipient_no, c.service_month, c.service_type,
       (SELECT string_agg(addon_name(k), '・' ORDER BY k) FROM unnest(keys) u(k)) AS observed,
       month_no || '月目 ' || (SELECT string_agg(addon_name(k), '・' ORDER BY k) FROM unnest(right_keys) u(k)) AS expected,
       format('{}か月目なので、{}', month_no,
              (SELECT string_agg(addon_name(k), '・' ORDER BY k) FROM unnest(right_keys) u(k))) AS detail,
       CASE WHEN x.facility_no IS NOT NULL THEN 'unknown' WHEN open THEN 'no_rule'
            WHEN facility_row_refused('facility_addons', c.facility_no) THEN 'refused_row'
            WHEN claim_refused_beside(c.facility_no, c.recipient_no, c.service_month) THEN 'refused_claim' END AS undetermined,
       unless_unreadable('facility_addons') AS at_most
FROM compared c
LEFT JOIN unknown_facilities x USING (facility_no)
WHERE open OR NOT list_has_all(right_keys, keys)
