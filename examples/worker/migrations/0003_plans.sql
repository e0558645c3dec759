-- What there is to subscribe to, in the currency's minor unit: 900 is 9.00 EUR.
INSERT INTO "subscription_plans" ("id", "code", "name", "amount", "currency", "billing_interval") VALUES
  ('0197a000-0000-7000-8000-000000000001', 'basic', 'Basic', 900, 'EUR', 'month'),
  ('0197a000-0000-7000-8000-000000000002', 'pro', 'Pro', 2900, 'EUR', 'month');
