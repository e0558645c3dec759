import { Column, Entity, Index, ManyToOne } from 'typeorm';
import { BillingEntity } from '../../src/entities/billing-entity';
import { HostKey, Key, Money, OneOf, Varchar } from '../../src/entities/columns';
import { BillingTable } from '../../src/entities/columns/billing-table';
import type { RowRule } from '../../src/entities/columns/registry';
import { notAbove, setWhen } from '../../src/entities/columns/row-rules';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { bound } from '../../src/host/bindings';
import { Tenant } from '../../src/host/stand-ins';

/** A class that is as it should be, but for what each test makes of it. */
function declare({
  table = 'fees',
  rules = [],
  index = ['uq_fees_code', ['code'], { unique: true }],
}: {
  readonly table?: string;
  readonly rules?: readonly RowRule[];
  readonly index?: readonly [string, string[] | (() => string[]), { readonly unique?: true }?];
} = {}): void {
  const [name, columns, options = {}] = index;
  @BillingTable({ rules: rules as readonly RowRule<'amount'>[] })
  @Entity(table)
  @Index(name, columns as string[], options)
  class Fee extends BillingEntity {
    @HostKey('tenant')
    tenantId!: string;
    @ManyToOne(() => bound(Tenant), { onDelete: 'CASCADE', nullable: false })
    tenant?: Tenant;
    @Key({ nullable: true })
    planId!: string | null;
    @ManyToOne(() => bound(Plan), { onDelete: 'SET NULL' })
    plan?: Plan | null;
    @Varchar(32)
    code!: string;
    @OneOf(['due', 'paid'], { length: 16 })
    status!: 'due' | 'paid';
    @Money()
    amount!: number;
    @Money({ nullable: true })
    paid!: number | null;
  }
  expect(new Fee()).toBeInstanceOf(BillingEntity);
}

describe('U6 what of an entity is refused at import', () => {
  it('U6 nothing, if all is as it should be', () => {
    expect(() => {
      declare({ rules: [notAbove('paid', 'amount'), setWhen('paid', ['paid'])] });
    }).not.toThrow();
  });

  it.each([
    [
      { rules: [notAbove('payed', 'amount')] },
      'Fee has no column for payed: declare it with a column kind.',
    ],
    [
      { rules: [setWhen('paid', ['payed'])] },
      'The rule paid of Fee names the status payed: use one of due, paid.',
    ],
    [
      { index: ['ix_fees_due', ['due']] },
      'Fee has no column for due: declare it with a column kind.',
    ],
    [{ index: ['ix_fees_tenant', ['tenant']] }, 'Fee has no column for tenant'],
    [
      { index: ['ix_fees_code', ['code'], { unique: true }] },
      'ix_fees_code of Fee needs a name that begins with uq_fees_.',
    ],
    [
      { index: ['uq_fees_code', ['code']] },
      'uq_fees_code of Fee needs a name that begins with ix_fees_.',
    ],
    [{ index: [`ix_fees_${'x'.repeat(60)}`, ['code']] }, 'is longer than the 63 bytes'],
    [{ index: ['ix_fees_code', () => ['code']] }, 'needs its columns as a list of properties.'],
    [{ table: 'f'.repeat(61) }, 'is longer than the 63 bytes'],
  ] as const)('U6 %j', (change, message) => {
    expect(() => {
      declare(change as Parameters<typeof declare>[0]);
    }).toThrow(message);
  });

  it('U6 a relation without a key', () => {
    expect(() => {
      @BillingTable()
      @Entity('fees')
      class Fee extends BillingEntity {
        @ManyToOne(() => bound(Plan), { nullable: false })
        plan?: Plan;
      }
      return Fee;
    }).toThrow(
      'Fee.plan is a relation without a key: add the property planId with @Key or @HostKey.',
    );
  });

  it('U6 a key without a relation', () => {
    expect(() => {
      @BillingTable()
      @Entity('fees')
      class Fee extends BillingEntity {
        @Key()
        planId!: string;
        plan?: Plan;
      }
      return Fee;
    }).toThrow('Fee.planId is a key without a relation: add @ManyToOne to the property plan.');
  });

  it('U6 a relation that may be missing, whose key may not', () => {
    expect(() => {
      @BillingTable()
      @Entity('fees')
      class Fee extends BillingEntity {
        @Key()
        planId!: string;
        @ManyToOne(() => bound(Plan))
        plan?: Plan;
      }
      return Fee;
    }).toThrow(
      'Fee.plan and Fee.planId must both be nullable, or neither: give @ManyToOne `nullable: false`.',
    );
  });

  it('U6 a relation that may not be missing, whose key may', () => {
    expect(() => {
      @BillingTable()
      @Entity('fees')
      class Fee extends BillingEntity {
        @Key({ nullable: true })
        planId!: string | null;
        @ManyToOne(() => bound(Plan), { nullable: false })
        plan?: Plan | null;
      }
      return Fee;
    }).toThrow('give @ManyToOne no `nullable`.');
  });

  it('U6 no @Entity, or one that comes too late', () => {
    const message = "Fee has no table: put @Entity('…') below its @BillingTable.";
    expect(() => {
      @BillingTable()
      class Fee extends BillingEntity {}
      return Fee;
    }).toThrow(message);
    expect(() => {
      @Entity('fees')
      @BillingTable()
      class Fee extends BillingEntity {}
      return Fee;
    }).toThrow(message);
  });

  it('U6 a second table on a class of ours', () => {
    expect(() => {
      @BillingTable()
      @Entity('fees')
      class Fee extends Plan {}
      return Fee;
    }).toThrow('Fee extends Plan, which is a billing table: take @BillingTable away');
  });

  it("U6 TypeORM's own @Column, which would have no CHECK and no validator", () => {
    expect(() => {
      @BillingTable()
      @Entity('fees')
      class Fee extends BillingEntity {
        @Column('text')
        note!: string;
      }
      return Fee;
    }).toThrow("Fee.note is declared with TypeORM's own decorator: use a column kind.");
  });
});
