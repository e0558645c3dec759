-- typeorm-billing rollback of CreateUserBilling1795169272634
-- Drops the table(s) direct_debit_tokens, subscription_plans, user_subscriptions, payment_attempts, and the record of it. No host table is touched.
-- Refused, and changes nothing, while they have something that is not billing's.
-- Refused, and changes nothing, while it would drop rows, unless a line below is uncommented.
-- Run it with: wrangler d1 execute <database> --file <this file>

SELECT json_extract('{}', 'This rollback would drop parts that billing did not make. Remove them first: ' || group_concat("kind" || ' ' || "name" || ' (' || "table" || ')', ', '))
FROM (
WITH RECURSIVE "owned" AS (
  SELECT "value"->>'name' AS "table", "value"->'columns' AS "columns", "value"->'parts' AS "parts",
    "value"->'words' AS "words", "value"->>'dropped' AS "dropped"
  FROM json_each('[{"name":"direct_debit_tokens","columns":["id","user_id","provider","scheme","status","mandate_reference","token_ciphertext","token_key_id","token_fingerprint","bank_name","account_ending","max_amount","currency","activated_at","expires_at","last_used_at","revoked_at","is_default","replaced_by_id","livemode","metadata","created_at","updated_at"],"parts":["pk_direct_debit_tokens","ck_direct_debit_tokens_id","ck_direct_debit_tokens_provider","ck_direct_debit_tokens_scheme","ck_direct_debit_tokens_status","ck_direct_debit_tokens_mandate_reference","ck_direct_debit_tokens_token_ciphertext","ck_direct_debit_tokens_token_key_id","ck_direct_debit_tokens_token_fingerprint","ck_direct_debit_tokens_bank_name","ck_direct_debit_tokens_account_ending","ck_direct_debit_tokens_max_amount","ck_direct_debit_tokens_currency","ck_direct_debit_tokens_activated_at","ck_direct_debit_tokens_expires_at","ck_direct_debit_tokens_last_used_at","ck_direct_debit_tokens_revoked_at","ck_direct_debit_tokens_is_default","ck_direct_debit_tokens_livemode","ck_direct_debit_tokens_metadata","ck_direct_debit_tokens_created_at","ck_direct_debit_tokens_updated_at","ck_direct_debit_tokens_token_ciphertext_key","ck_direct_debit_tokens_max_amount_currency","fk_direct_debit_tokens_user_id","fk_direct_debit_tokens_replaced_by_id","ix_direct_debit_tokens_user_id","ix_direct_debit_tokens_replaced_by_id","uq_direct_debit_tokens_mandate_reference","uq_direct_debit_tokens_token_fingerprint","uq_direct_debit_tokens_default_user"],"words":{"CHECK":23,"UNIQUE":0,"REFERENCES":2,"DEFAULT":9,"GENERATED":0},"dropped":1},{"name":"subscription_plans","columns":["id","code","name","description","amount","currency","billing_interval","interval_count","trial_days","features","is_active","sort_order","livemode","metadata","created_at","updated_at"],"parts":["pk_subscription_plans","uq_subscription_plans_code","ck_subscription_plans_id","ck_subscription_plans_code","ck_subscription_plans_name","ck_subscription_plans_description","ck_subscription_plans_amount","ck_subscription_plans_currency","ck_subscription_plans_billing_interval","ck_subscription_plans_interval_count","ck_subscription_plans_trial_days","ck_subscription_plans_features","ck_subscription_plans_is_active","ck_subscription_plans_sort_order","ck_subscription_plans_livemode","ck_subscription_plans_metadata","ck_subscription_plans_created_at","ck_subscription_plans_updated_at"],"words":{"CHECK":16,"UNIQUE":1,"REFERENCES":0,"DEFAULT":9,"GENERATED":0},"dropped":1},{"name":"user_subscriptions","columns":["id","user_id","plan_id","direct_debit_token_id","status","slot","quantity","amount","currency","billing_interval","interval_count","billing_anchor","current_period_start","current_period_end","trial_start","trial_end","next_billing_at","failed_attempts","grace_until","cancel_at_period_end","cancel_at","canceled_at","ended_at","pause_behavior","resumes_at","pending_plan_id","pending_from","provider","provider_subscription_id","last_event_at","version","livemode","metadata","created_at","updated_at"],"parts":["pk_user_subscriptions","ck_user_subscriptions_id","ck_user_subscriptions_status","ck_user_subscriptions_slot","ck_user_subscriptions_quantity","ck_user_subscriptions_amount","ck_user_subscriptions_currency","ck_user_subscriptions_billing_interval","ck_user_subscriptions_interval_count","ck_user_subscriptions_billing_anchor","ck_user_subscriptions_current_period_start","ck_user_subscriptions_current_period_end","ck_user_subscriptions_trial_start","ck_user_subscriptions_trial_end","ck_user_subscriptions_next_billing_at","ck_user_subscriptions_failed_attempts","ck_user_subscriptions_grace_until","ck_user_subscriptions_cancel_at_period_end","ck_user_subscriptions_cancel_at","ck_user_subscriptions_canceled_at","ck_user_subscriptions_ended_at","ck_user_subscriptions_pause_behavior","ck_user_subscriptions_resumes_at","ck_user_subscriptions_pending_from","ck_user_subscriptions_provider","ck_user_subscriptions_provider_subscription_id","ck_user_subscriptions_last_event_at","ck_user_subscriptions_version","ck_user_subscriptions_livemode","ck_user_subscriptions_metadata","ck_user_subscriptions_created_at","ck_user_subscriptions_updated_at","ck_user_subscriptions_current_period","ck_user_subscriptions_trial","fk_user_subscriptions_user_id","fk_user_subscriptions_pending_plan_id","fk_user_subscriptions_direct_debit_token_id","fk_user_subscriptions_plan_id","ix_user_subscriptions_user_id","ix_user_subscriptions_plan_id","ix_user_subscriptions_direct_debit_token_id","ix_user_subscriptions_pending_plan_id","uq_user_subscriptions_live_user","uq_user_subscriptions_provider_subscription_id","ix_user_subscriptions_due"],"words":{"CHECK":33,"UNIQUE":0,"REFERENCES":4,"DEFAULT":12,"GENERATED":0},"dropped":1},{"name":"payment_attempts","columns":["id","user_id","user_subscription_id","direct_debit_token_id","kind","status","amount","currency","amount_refunded","period_start","period_end","attempt_number","idempotency_key","provider","provider_payment_id","failure_code","failure_message","next_retry_at","scheduled_at","submitted_at","succeeded_at","settled_at","failed_at","livemode","metadata","created_at","updated_at"],"parts":["pk_payment_attempts","uq_payment_attempts_idempotency_key","ck_payment_attempts_id","ck_payment_attempts_kind","ck_payment_attempts_status","ck_payment_attempts_amount","ck_payment_attempts_currency","ck_payment_attempts_amount_refunded","ck_payment_attempts_period_start","ck_payment_attempts_period_end","ck_payment_attempts_attempt_number","ck_payment_attempts_idempotency_key","ck_payment_attempts_provider","ck_payment_attempts_provider_payment_id","ck_payment_attempts_failure_code","ck_payment_attempts_failure_message","ck_payment_attempts_next_retry_at","ck_payment_attempts_scheduled_at","ck_payment_attempts_submitted_at","ck_payment_attempts_succeeded_at","ck_payment_attempts_settled_at","ck_payment_attempts_failed_at","ck_payment_attempts_livemode","ck_payment_attempts_metadata","ck_payment_attempts_created_at","ck_payment_attempts_updated_at","ck_payment_attempts_refund","ck_payment_attempts_period","fk_payment_attempts_user_id","fk_payment_attempts_user_subscription_id","fk_payment_attempts_direct_debit_token_id","ix_payment_attempts_user_subscription_id","ix_payment_attempts_direct_debit_token_id","uq_payment_attempts_provider_payment_id","uq_payment_attempts_current_payment","uq_payment_attempts_open_period","uq_payment_attempts_paid_period","ix_payment_attempts_user_id","ix_payment_attempts_retry"],"words":{"CHECK":26,"UNIQUE":1,"REFERENCES":3,"DEFAULT":7,"GENERATED":0},"dropped":1}]')
), "target" AS (
  SELECT * FROM "owned" WHERE "dropped" = 1
), "master" AS (
  SELECT * FROM "sqlite_master"
  WHERE "name" NOT LIKE 'sqlite\_%' ESCAPE '\' AND "name" NOT LIKE '\_cf\_%' ESCAPE '\'
), "extra" AS (
  SELECT t."table", c."name" FROM "target" t
  JOIN "master" m ON m."type" = 'table' AND lower(m."name") = lower(t."table"), pragma_table_xinfo(m."name") c
  WHERE lower(c."name") NOT IN (SELECT "value" FROM json_each(t."columns"))
), "reader" AS (
  SELECT * FROM "master" m WHERE m."type" IN ('view', 'trigger')
  AND EXISTS (SELECT 1 FROM "target" t WHERE instr(lower(m."sql"), lower(t."table")))
), "text" AS (
  SELECT "type" || ' ' || "name" AS "object", "sql" || char(10) AS "sql" FROM "reader"
), "part" ("object", "index", "length", "part") AS (
  SELECT "object", 0, length("sql"), substr("sql", 1, 257) FROM "text"
  UNION ALL SELECT p."object", "index" + 1, "length", substr("sql", ("index" + 1) * 256 + 1, 257)
  FROM "part" p JOIN "text" t ON t."object" = p."object" WHERE ("index" + 1) * 256 < "length"
), "scan" ("object", "n", "at", "mode", "word", "token", "kind") AS (
  SELECT "object", 0, 1, '', '', NULL, '' FROM "text"
  UNION ALL SELECT s."object", "n" + 1,
    "at" + CASE WHEN ("mode" = '' AND "word" <> '' AND NOT (substr("part", ("at" - 1) % 256 + 1, 1) BETWEEN '0' AND '9' OR lower(substr("part", ("at" - 1) % 256 + 1, 1)) BETWEEN 'a' AND 'z' OR substr("part", ("at" - 1) % 256 + 1, 1) IN ('_', '$') OR substr("part", ("at" - 1) % 256 + 1, 1) > '~')) THEN 0 WHEN "mode" = 'block' AND substr("part", ("at" - 1) % 256 + 1, 2) = char(42, 47) OR "mode" = '' AND substr("part", ("at" - 1) % 256 + 1, 2) = char(47, 42) THEN 2 ELSE 1 END,
    CASE WHEN ("mode" = '' AND "word" <> '' AND NOT (substr("part", ("at" - 1) % 256 + 1, 1) BETWEEN '0' AND '9' OR lower(substr("part", ("at" - 1) % 256 + 1, 1)) BETWEEN 'a' AND 'z' OR substr("part", ("at" - 1) % 256 + 1, 1) IN ('_', '$') OR substr("part", ("at" - 1) % 256 + 1, 1) > '~')) THEN ''
      WHEN "mode" = 'line' THEN CASE substr("part", ("at" - 1) % 256 + 1, 1) WHEN char(10) THEN '' ELSE 'line' END
      WHEN "mode" = 'block' THEN CASE substr("part", ("at" - 1) % 256 + 1, 2) WHEN char(42, 47) THEN '' ELSE 'block' END
      WHEN "mode" <> '' THEN CASE substr("part", ("at" - 1) % 256 + 1, 1) WHEN "mode" THEN '' ELSE "mode" END
      WHEN substr("part", ("at" - 1) % 256 + 1, 2) = char(45, 45) THEN 'line' WHEN substr("part", ("at" - 1) % 256 + 1, 2) = char(47, 42) THEN 'block'
      WHEN substr("part", ("at" - 1) % 256 + 1, 1) = char(91) THEN char(93)
      WHEN substr("part", ("at" - 1) % 256 + 1, 1) IN (char(34), char(96), char(39)) THEN substr("part", ("at" - 1) % 256 + 1, 1) ELSE '' END,
    CASE WHEN ("mode" = '' AND "word" <> '' AND NOT (substr("part", ("at" - 1) % 256 + 1, 1) BETWEEN '0' AND '9' OR lower(substr("part", ("at" - 1) % 256 + 1, 1)) BETWEEN 'a' AND 'z' OR substr("part", ("at" - 1) % 256 + 1, 1) IN ('_', '$') OR substr("part", ("at" - 1) % 256 + 1, 1) > '~')) OR "mode" IN ('line', 'block') OR "mode" = substr("part", ("at" - 1) % 256 + 1, 1) THEN ''
      WHEN "mode" <> '' OR (substr("part", ("at" - 1) % 256 + 1, 1) BETWEEN '0' AND '9' OR lower(substr("part", ("at" - 1) % 256 + 1, 1)) BETWEEN 'a' AND 'z' OR substr("part", ("at" - 1) % 256 + 1, 1) IN ('_', '$') OR substr("part", ("at" - 1) % 256 + 1, 1) > '~') THEN "word" || lower(substr("part", ("at" - 1) % 256 + 1, 1)) ELSE '' END,
    CASE WHEN ("mode" = '' AND "word" <> '' AND NOT (substr("part", ("at" - 1) % 256 + 1, 1) BETWEEN '0' AND '9' OR lower(substr("part", ("at" - 1) % 256 + 1, 1)) BETWEEN 'a' AND 'z' OR substr("part", ("at" - 1) % 256 + 1, 1) IN ('_', '$') OR substr("part", ("at" - 1) % 256 + 1, 1) > '~')) OR "mode" = substr("part", ("at" - 1) % 256 + 1, 1) THEN "word"
      WHEN "mode" = '' AND substr("part", ("at" - 1) % 256 + 1, 1) IN (char(44), char(41), char(59), char(46)) AND substr("part", ("at" - 1) % 256 + 1, 2) NOT IN (char(45, 45), char(47, 42)) THEN substr("part", ("at" - 1) % 256 + 1, 1) END,
    CASE WHEN "mode" = substr("part", ("at" - 1) % 256 + 1, 1) AND "mode" = char(39) THEN 'text' WHEN "mode" = substr("part", ("at" - 1) % 256 + 1, 1) THEN 'name' ELSE '' END
  FROM "scan" s JOIN "part" p ON p."object" = s."object" AND p."index" = ("at" - 1) / 256
  WHERE "at" <= "length"
), "token" AS (
  SELECT "object", "n", "token", "kind",
    lag("token", 1, '') OVER "before" AS "b1", lag("token", 2, '') OVER "before" AS "b2",
    lag("token", 3, '') OVER "before" AS "b3", lead("token", 1, '') OVER "before" AS "a1",
    max(CASE WHEN "kind" = '' AND "token" IN ('select', 'set', 'into', 'values', 'where', 'by', 'using', 'having', 'from', char(41), char(59)) THEN "n" END) OVER "before" AS "list"
  FROM "scan" WHERE "token" IS NOT NULL
  WINDOW "before" AS (PARTITION BY "object" ORDER BY "n")
), "led" AS (
  SELECT "object", "token" AS "word", "kind", "list", "b1" = char(46) AS "isOfMain",
    CASE WHEN "b1" <> char(46) THEN CASE WHEN "b2" = 'or' AND "b1" IN ('abort', 'fail', 'ignore', 'replace', 'rollback') THEN "b3" ELSE "b1" END
      WHEN "b2" = 'main' THEN "b3" ELSE '' END AS "lead"
  FROM "token"
), "mention" AS (
  SELECT DISTINCT l."object", l."word" FROM "led" l
  WHERE (l."lead" IN ('from', 'join', 'into', 'update') OR l."kind" <> 'text' AND (l."lead" = 'in' OR l."lead" = char(44) AND EXISTS (
    SELECT 1 FROM "token" s WHERE s."object" = l."object" AND s."n" = l."list" AND s."token" IN ('from', char(41), char(59)))))
  AND (l."isOfMain" OR NOT EXISTS (
    SELECT 1 FROM "token" w WHERE w."object" = l."object" AND w."token" = l."word" AND w."a1" = 'as'
    AND w."b1" IN ('with', 'recursive')))
)
SELECT "table", 'column' AS "kind", "name" FROM "extra"
UNION SELECT t."table", 'constraint', lower(w."key") FROM "target" t
JOIN "master" m ON m."type" = 'table' AND lower(m."name") = lower(t."table"), json_each(t."words") w
WHERE (length(m."sql") - length(replace(upper(m."sql"), w."key", ''))) / length(w."key") > w."value"
  AND t."table" NOT IN (SELECT "table" FROM "extra")
UNION SELECT t."table", m."type", m."name" FROM "target" t
JOIN "master" m ON lower(m."tbl_name") = lower(t."table") AND m."type" IN ('index', 'trigger')
WHERE m."sql" IS NOT NULL AND lower(m."name") NOT IN (SELECT "value" FROM json_each(t."parts"))
UNION SELECT t."table", r."type", r."name" FROM "mention" m
JOIN "target" t ON lower(t."table") = m."word" JOIN "reader" r ON r."type" || ' ' || r."name" = m."object"
WHERE lower(r."tbl_name") <> m."word"
UNION SELECT t."table", 'foreign key', m."name" || '.' || f."from" FROM "master" m
JOIN pragma_foreign_key_list(m."name") f JOIN "target" t ON lower(f."table") = lower(t."table")
WHERE m."type" = 'table' AND lower(m."name") NOT IN (SELECT lower("table") FROM "owned")
ORDER BY 1, 2, 3
)
HAVING count(*) > 0;
-- To drop the rows, uncomment the next line.
-- INSERT INTO "migrations" ("timestamp", "name") VALUES (0, 'drop the rows');
WITH counted ("part", "unit", "rows") AS (VALUES
  ('payment_attempts', 'row', (SELECT count(*) FROM "payment_attempts")),
  ('user_subscriptions', 'row', (SELECT count(*) FROM "user_subscriptions")),
  ('subscription_plans', 'row', (SELECT count(*) FROM "subscription_plans")),
  ('direct_debit_tokens', 'row', (SELECT count(*) FROM "direct_debit_tokens"))
)
SELECT json_extract('{}', 'This rollback would drop rows: ' || group_concat("part" || ' (' || "rows" || ' ' || "unit" || CASE "rows" WHEN 1 THEN ')' ELSE 's)' END, ', ') || '. Nothing was changed. Keep them by a backup, or uncomment the line of this file that drops them.')
FROM counted
WHERE "rows" > 0 AND NOT EXISTS (SELECT 1 FROM "migrations" WHERE "name" = 'drop the rows')
HAVING count(*) > 0;
DROP TABLE "payment_attempts";
DROP TABLE "user_subscriptions";
DROP TABLE "subscription_plans";
DROP TABLE "direct_debit_tokens";
DELETE FROM "migrations" WHERE "name" = 'CreateUserBilling1795169272634';
DELETE FROM "migrations" WHERE "name" = 'drop the rows';
CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);
DELETE FROM d1_migrations WHERE name = '0002_create_user_billing.sql';
-- No semicolon at the end: what `wrangler d1 migrations apply` adds to a file is then a syntax error,
-- so that this file, taken for a migration, changes nothing.
SELECT 'reverted' AS "result"
