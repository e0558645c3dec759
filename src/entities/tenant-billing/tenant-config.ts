import { Entity, ManyToOne } from 'typeorm';
import { bound } from '../../host/bindings';
import { Tenant } from '../../host/stand-ins';
import { BillingEntity } from '../billing-entity';
import { CurrencyCode, HostKey, Varchar } from '../columns';
import { BillingTable } from '../columns/billing-table';
import type { Currency } from '../vocabulary';
import { Named } from '../../host/named';
import type { HostId, HostRow } from '../../host/typed';

/** How a tenant is billed: table `tenant_config`, at most one row a tenant. */
@BillingTable()
@Entity('tenant_config')
@Named('TenantConfig')
export class TenantConfig extends BillingEntity {
  /**
   * The host's tenant, unique (`uq_tenant_config_tenant_id`). Deleting it deletes the row
   * (`fk_tenant_config_tenant_id`).
   */
  @HostKey('tenant', { unique: true })
  tenantId!: HostId<'tenant'>;

  /** The tenant itself, if the query loaded it. */
  @ManyToOne(() => bound(Tenant), { onDelete: 'CASCADE', nullable: false })
  tenant?: HostRow<'tenant', Tenant>;

  /** Null: no customer at Stripe yet. Unique (`uq_tenant_config_stripe_customer_id`). */
  @Varchar(255, { nullable: true, unique: true })
  stripeCustomerId!: string | null;

  /** Where invoices go. Null: none given. */
  @Varchar(320, {
    nullable: true,
    format: { pattern: /^[^\s@]+@[^\s@]+$/, expected: 'an e-mail address' },
  })
  billingEmail!: string | null;

  /** ISO 4217, upper case. Null: the plan's. */
  @CurrencyCode({ nullable: true })
  currency!: Currency | null;

  /** VAT or other tax number, as printed on invoices. Null: none given. */
  @Varchar(64, { nullable: true })
  taxId!: string | null;
}
