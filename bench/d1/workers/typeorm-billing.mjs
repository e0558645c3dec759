// This library, with the entities of user billing.
import { D1DataSource, SubscriptionPlan, userBilling } from 'typeorm-billing/d1';
import { answering } from './answer.mjs';

let opened;

async function open(env) {
  opened ??= new D1DataSource({ database: env.DB, entities: userBilling.entities }).initialize();
  const plans = (await opened).getRepository(SubscriptionPlan);
  return {
    save: async (code) =>
      (
        await plans.save(
          plans.create({
            code,
            name: 'Pro',
            amount: 900,
            currency: 'EUR',
            billingInterval: 'month',
            features: { seats: 5 },
          }),
        )
      ).id,
    find: (id) => plans.findOneBy({ id }),
  };
}

export default answering(open);
