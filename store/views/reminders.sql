-- What can be known before a review month's claims come: whom the newest claims are about, and what they are about to bill.
-- The ledgers are those of the review month, as everywhere. Read by the reminders (checks/**/*.remind.sql).

-- The service month whose claims the review month receives.
CREATE OR REPLACE MACRO coming_month() AS (CAST(review_month() - INTERVAL 1 MONTH AS DATE));
-- The newest review month before this one of which claims are held.
CREATE OR REPLACE MACRO last_review() AS (SELECT max(review_month) FROM claims WHERE review_month < review_month());
-- A day for people: 9月4日, with its year where that is not the coming month's.
CREATE OR REPLACE MACRO day_text(d) AS
    (CASE WHEN year(d) = year(coming_month()) THEN strftime(d, '%-m月%-d日') ELSE strftime(d, '%Y年%-m月%-d日') END);
CREATE OR REPLACE MACRO month_of_text(m) AS
    (CASE WHEN year(m) = year(review_month()) THEN strftime(m, '%-m月') ELSE strftime(m, '%Y年%-m月') END);
CREATE OR REPLACE MACRO yen_text(y) AS (format('{:,}', y) || '円');
-- What the facilities billed last for the month before that review, month by month as they will again. A claim that came
-- late says nothing of who still comes.
CREATE OR REPLACE VIEW claims_last AS
    SELECT * FROM claims WHERE review_month = last_review() AND next_month(service_month) = review_month;
-- The service types that a child uses at a facility by these claims; one whose 終了年月日 they give has ended.
CREATE OR REPLACE VIEW services_last AS
    SELECT DISTINCT c.facility_no, c.recipient_no, t.service_type
    FROM claims_last c JOIN claim_totals t USING (review_month, file, group_line)
    WHERE NOT EXISTS (FROM claim_days d
                      WHERE d.review_month = c.review_month AND d.file = c.file AND d.group_line = c.group_line
                        AND d.service_type = t.service_type
                      GROUP BY ALL HAVING count(d.end_date) = count(*));
-- The numbers of a recipient's child, its own among them: what is granted under one counts for the child.
CREATE OR REPLACE VIEW numbers_last AS
    SELECT n.recipient_no, coalesce(o.recipient_no, n.recipient_no) AS number
    FROM (SELECT DISTINCT recipient_no FROM services_last) n
    LEFT JOIN children c USING (recipient_no)
    LEFT JOIN children o ON o.child_code = c.child_code;
