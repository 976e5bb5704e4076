"""Oddities of the children's ledgers: amounts that are none of the law's, grants that end within a month or grant nothing, and
numbers that only one of recipients and grants has."""

from __future__ import annotations

from henrei.flows.ledger_oddities.oddity import Oddity

CAP = Oddity(
    "recipients",
    "利用者負担上限月額が法令の額でない行",
    "受給者証と見比べ、誤りなら台帳を直してください(きょうだいで分けた額なら henrei.toml の [checks] shared_cap を確かめてください)",
    """
    SELECT r.file, r.line, r.recipient_no, r.valid_from, r.valid_to,
           format('{:,}円', r.burden_cap) || '(法令の額: ' || l.amounts || ')' AS detail
    FROM recipients r,
         (SELECT string_agg(format('{:,}円', burden_cap), '・' ORDER BY burden_cap) AS amounts
          FROM (SELECT DISTINCT burden_cap FROM rule_burden_caps)) l
    WHERE NOT EXISTS (FROM rule_burden_caps c WHERE c.burden_cap = r.burden_cap
                                                AND c.valid_from <= r.valid_to AND c.valid_to >= r.valid_from)
    """,
    law=("burden_caps",),
)

WITHIN_A_MONTH = Oddity(
    "grants",
    "月の途中で終わる支給決定",
    "終わりの日が正しいか確かめてください(更新なら翌日から始まる行が要ります)",
    """
    SELECT g.file, g.line, g.recipient_no, g.valid_from, g.valid_to,
           g.grant_code || ' は ' || strftime(g.valid_to, '%Y-%m-%d') || ' まで。'
               || CASE WHEN n.recipient_no IS NULL THEN '翌日から続く行はありません'
                       ELSE '翌日から続く行があります' END AS detail
    FROM grants g
    -- The allowance changes its code with the class of the child; the service type and whether it is an add-on stay.
    LEFT JOIN (SELECT DISTINCT recipient_no, left(grant_code, 2) AS service_type,
                               substr(grant_code, 3, 1) = '0' AS is_addon, valid_from FROM grants) n
      ON n.recipient_no = g.recipient_no AND n.service_type = left(g.grant_code, 2)
     AND n.is_addon = (substr(g.grant_code, 3, 1) = '0') AND n.valid_from = g.valid_to + 1
    WHERE g.valid_to <> last_day(g.valid_to) AND g.valid_from <= g.valid_to
    """,
)

WITHOUT_ALLOWANCE = Oddity(
    "grants",
    "支給量のない支給決定",
    "支給量(日数)を入れるか、支給量算定に「原則日数」と入れてください",
    """
    SELECT file, line, recipient_no, valid_from, valid_to, grant_code AS detail FROM grants
    WHERE substr(grant_code, 3, 1) <> '0' AND allowance_days IS NULL AND allowance_rule IS NULL
    """,
)

WITHOUT_GRANT = Oddity(
    "recipients",
    "支給決定のない受給者の行",
    "支給決定の書き出しにこの受給者が含まれているか確かめてください(サービスを使わないきょうだいなら、このままで結構です)",
    """
    SELECT r.file, r.line, r.recipient_no, r.valid_from, r.valid_to,
           CASE WHEN EXISTS (FROM grants g WHERE g.recipient_no = r.recipient_no)
                THEN '期間の重なる支給決定がありません' ELSE 'この番号の支給決定がありません' END AS detail
    FROM recipients r
    ANTI JOIN (SELECT DISTINCT h.recipient_no
               FROM recipients h JOIN grants g ON g.recipient_no = h.recipient_no
                                              AND g.valid_from <= h.valid_to AND g.valid_to >= h.valid_from) having_one
      USING (recipient_no)
    WHERE r.valid_from <= r.valid_to
      AND NOT EXISTS (FROM refused_rows x WHERE x.ledger = 'grants' AND x.recipient_no = r.recipient_no)
    """,
    also=("grants",),
)

WITHOUT_RECIPIENT = Oddity(
    "grants",
    "受給者台帳にない番号の支給決定",
    "受給者台帳の書き出しにこの受給者が含まれているか確かめてください",
    """
    SELECT g.file, g.line, g.recipient_no, g.valid_from, g.valid_to, '受給者台帳にこの番号がありません' AS detail
    FROM grants g ANTI JOIN recipients r USING (recipient_no)
    WHERE NOT EXISTS (FROM refused_rows x WHERE x.ledger = 'recipients' AND x.recipient_no = g.recipient_no)
    """,
    also=("recipients",),
)

ODDITIES = (CAP, WITHIN_A_MONTH, WITHOUT_ALLOWANCE, WITHOUT_GRANT, WITHOUT_RECIPIENT)
