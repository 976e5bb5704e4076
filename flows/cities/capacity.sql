-- From the cities' extracts to the tables and views that the checks of capacity read, in a store of all cities.
-- In: all_days, all_claims, all_totals, all_keys, all_units, all_refused_codes, all_refused_rows, all_refused_groups,
-- all_unheld: an extract of every city, with `city` (its number, which also comes before a recipient's number) and
-- `position` (its place among the cities); `cities`: city, records_since, has_codes.
CREATE TABLE sourced_claims AS  -- a file of a city is one of `files`, its path below the city's number
    SELECT * EXCLUDE (path, position), city || '/' || c.path AS path, dense_rank() OVER (ORDER BY position, c.path) AS file
    FROM all_claims c;
CREATE TABLE span AS
    SELECT min(service_month) AS since, month_end(max(service_month)) AS until
    FROM (SELECT service_month FROM all_claims
          UNION ALL SELECT service_month FROM all_days WHERE NOT decided_before);
-- A facility's records are held when they are in every city that it serves.
CREATE TABLE facility_records AS
    SELECT facility_no, max(records_since) AS month
    FROM (SELECT facility_no, city FROM all_days UNION SELECT facility_no, city FROM all_claims) JOIN cities USING (city)
    GROUP BY ALL;
-- A facility's rows in each city's ledger, within the span; where they differ none is right.
CREATE TABLE units_by_city AS
    SELECT city, facility_no,
           list_sort(list(DISTINCT concat_ws('|', service_type, coalesce(capacity, -1), greatest(valid_from, since),
                                             least(coalesce(valid_to, until), until)))) AS units
    FROM all_units, span
    WHERE valid_from <= until AND (valid_to IS NULL OR valid_to >= since)
    GROUP BY ALL;
CREATE TABLE differing AS
    SELECT facility_no FROM units_by_city GROUP BY ALL HAVING count(DISTINCT units) > 1;

CREATE OR REPLACE VIEW use_days AS SELECT * EXCLUDE (city, position) FROM all_days;
CREATE OR REPLACE VIEW claim_keys AS SELECT * EXCLUDE (city, position) FROM all_keys;
CREATE OR REPLACE VIEW codes_refused AS SELECT * EXCLUDE (city, position) FROM all_refused_codes;
CREATE OR REPLACE VIEW refused_rows_now AS SELECT * EXCLUDE (city, position) FROM all_refused_rows;
CREATE OR REPLACE VIEW refused_now AS SELECT * EXCLUDE (city, position) FROM all_refused_groups;
CREATE OR REPLACE VIEW months_without_records AS SELECT * EXCLUDE (city, position) FROM all_unheld;
CREATE OR REPLACE VIEW facility_months AS
    SELECT facility_no, service_month FROM all_days UNION SELECT facility_no, service_month FROM all_claims;

-- Without service codes a city's claims cannot be read.
INSERT INTO claims BY NAME
    SELECT review_month() AS review_month, * EXCLUDE (path, city) FROM sourced_claims
    SEMI JOIN (FROM cities WHERE has_codes) USING (city);
INSERT INTO claim_totals BY NAME
    SELECT review_month() AS review_month, * EXCLUDE (city, position) FROM all_totals
    SEMI JOIN (FROM cities WHERE has_codes) USING (city);
INSERT INTO files BY NAME SELECT DISTINCT review_month() AS review_month, file, path FROM sourced_claims;
INSERT INTO ledgers_used VALUES (review_month(), 'facilities', NULL, TRUE);
INSERT INTO facilities BY NAME  -- of one city, where all have the same
    SELECT review_month() AS review_month, 0 AS file, * EXCLUDE (city, position) FROM all_units
    SEMI JOIN (SELECT facility_no, min(city) AS city FROM units_by_city ANTI JOIN differing USING (facility_no) GROUP BY ALL)
        USING (facility_no, city);
