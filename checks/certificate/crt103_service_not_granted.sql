-- code = "CRT103"
-- name = "service-not-granted"
-- title = "支給決定のないサービスの利用"
-- severity = "return"
-- subject = "claim"
-- at_issue = "days"
-- needs = ["grants"]
-- source = "受給者台帳に該当する支給決定が存在しない請求は資格審査で返戻 (東京都国保連 エラーコード及びその対処方法)"
-- federation = ["EG03"]
-- why = "児童発達支援から放課後等デイサービスへの切り替えの月や、サービス種類の取り違えで起こります。"
-- logic = "利用したサービス種類の基本の支給決定が、どの期間にも一つもない利用日を挙げます。取り込めなかった支給決定の行がこの児童のものなら判定せず、誰のものか読めない行があるときは要確認にとどめます。"
-- [message]
-- default = "{services}の支給決定がありません（利用日 {dates}）。"
-- [asked]
-- default = "受給者証に書かれたサービス種類を確かめ、お知らせください。"
-- [returned]
-- default = "受給者証に書かれたサービス種類に直して{window}に再請求してください。支給決定を受けているときは、先に市へ連絡してください。"
-- [paid]
-- default = "受給者証に書かれたサービス種類を確かめてください。"
-- [known]
-- default = "次の利用の前に、受給者証に書かれたサービス種類を確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった支給決定の行がこの児童のものです"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
-- recipients = "guarded"
-- grants = "guarded"
WITH ungranted AS (
    SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type,
           coalesce(unless_unreadable('grants'), unless_unknown(u.recipient_no)) AS at_most,
           CASE WHEN row_refused('grants', u.recipient_no) THEN 'refused' END AS undetermined
    FROM claim_use_counts u
    ANTI JOIN unknown_recipients x ON x.recipient_no = u.recipient_no
    ANTI JOIN base_grants g ON g.recipient_no = u.recipient_no AND g.service_type = u.service_type
)
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date, n.at_most, n.undetermined
FROM claim_use_days u JOIN ungranted n USING (facility_no, recipient_no, service_month, service_type)
