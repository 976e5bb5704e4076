-- code = "CRT106"
-- name = "contract-not-granted"
-- title = "契約情報が支給決定と合わない"
-- severity = "review"
-- subject = "claim"
-- needs = ["grants"]
-- source = "契約情報は受給者証の決定サービスコードによる (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.126)"
-- why = "受給者証の更新で決定サービスコードが変わったのに契約の登録を直さないか、二つ目のサービスの契約を登録し忘れると起こります。"
-- logic = "契約情報の基本の決定サービスコードに、その月に重なる同じコードの支給決定がないもの、または集計情報のサービス種類に、その種類の基本の契約情報がないものを挙げます。取り込めなかった支給決定の行がこの児童のものなら、支給決定のないことは判定しません。"
-- federation = ["EE26"]
-- [message]
-- not_granted = "契約情報の決定サービスコード{observed}は、{month}の受給者証にありません。"
-- no_contract = "請求のある{services}の契約情報が、明細書にありません。"
-- [asked]
-- not_granted = "受給者証の決定サービスコードを確かめ、変更が届いていなければお知らせください。"
-- no_contract = "契約の内容を確かめ、契約内容報告書を出したかをお知らせください。"
-- [returned]
-- not_granted = "契約情報を受給者証の決定サービスコードに直して{window}に再請求してください。"
-- no_contract = "契約情報を加えて{window}に再請求してください。契約内容報告書を出していなければ、市へ出してください。"
-- [paid]
-- not_granted = "受給者証の決定サービスコードと、明細書の契約情報を確かめてください。"
-- no_contract = "契約内容報告書を出していなければ、市へ出してください。"
-- [known]
-- not_granted = "次の請求から、契約情報を受給者証の決定サービスコードに合わせてください。"
-- no_contract = "次の請求から、契約情報を明細書に書いてください。"
-- [undetermined]
-- refused = "取り込めなかった支給決定の行がこの児童のものです"
-- [refused]
-- claims = "契約情報と集計情報は明細書とともに欠けるので、指摘も出ない"
-- recipients = "台帳にない受給者を見ないだけで、要確認より重い指摘は出ない"
-- grants = "guarded"
WITH contracted AS (
    SELECT k.facility_no, k.recipient_no, k.service_month, left(k.grant_code, 2) AS service_type, k.grant_code
    FROM contracts k
    WHERE k.review_month = review_month() AND substr(k.grant_code, 3, 1) <> '0'
)
SELECT k.facility_no, k.recipient_no, k.service_month, k.service_type, k.grant_code AS observed,
       'not_granted' AS reason, coalesce(unless_unreadable('grants'), unless_unknown(k.recipient_no)) AS at_most,
       CASE WHEN row_refused('grants', k.recipient_no) THEN 'refused' END AS undetermined
FROM contracted k
WHERE NOT EXISTS (FROM base_grants g WHERE g.recipient_no = k.recipient_no AND g.grant_code = k.grant_code
                                       AND overlaps_month(g.valid_from, g.valid_to, k.service_month))
  AND NOT EXISTS (FROM unknown_recipients x WHERE x.recipient_no = k.recipient_no)
UNION ALL
SELECT DISTINCT t.facility_no, t.recipient_no, t.service_month, t.service_type, NULL, 'no_contract',
       unless_unknown(t.recipient_no), NULL
FROM claim_totals t
ANTI JOIN contracted k USING (facility_no, recipient_no, service_month, service_type)
WHERE t.review_month = review_month()
  AND NOT EXISTS (FROM unknown_recipients x WHERE x.recipient_no = t.recipient_no)
