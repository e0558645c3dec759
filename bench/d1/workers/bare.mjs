// The floor: the binding itself.
import { answering } from './answer.mjs';

const INSERT = `INSERT INTO subscription_plans
  (id, code, name, description, amount, currency, billing_interval, interval_count, trial_days,
   features, is_active, sort_order, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function open({ DB }) {
  return {
    async save(code) {
      const id = globalThis.crypto.randomUUID();
      const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
      const features = JSON.stringify({ seats: 5 });
      await DB.prepare(INSERT)
        .bind(id, code, 'Pro', null, 900, 'EUR', 'month', 1, 0, features, 1, 0, now, now)
        .run();
      return id;
    },
    async find(id) {
      const row = await DB.prepare('SELECT * FROM subscription_plans WHERE id = ?')
        .bind(id)
        .first();
      return row && { ...row, features: JSON.parse(row.features) };
    },
  };
}

export default answering(open);
