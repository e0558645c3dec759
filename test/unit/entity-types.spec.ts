import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');
const HEAD = `
import { Entity, ManyToOne } from 'typeorm';
import { bound } from '../../src/host/bindings';
import { Tenant } from '../../src/host/stand-ins';
import { BillingEntity } from '../../src/entities/billing-entity';
import * as kinds from '../../src/entities/columns';
import { BillingTable } from '../../src/entities/columns/billing-table';
import * as rules from '../../src/entities/columns/row-rules';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { Subscription } from '../../src/entities/tenant-billing/subscription';
`;

interface Case {
  readonly title: string;
  readonly refused: string;
  /** What the compiler says of it. */
  readonly message: string;
  /** The nearest code that is accepted. */
  readonly accepted: string;
}

const inClass = (body: string): string => `export class Row { ${body} }`;
const mustBe = (type: string): string =>
  `required in type '{ readonly 'the property must be of type': ${type}; }'`;

const CASES: readonly Case[] = [
  {
    title: 'a column that may be null, on a property that may not',
    refused: inClass('@kinds.Money({ nullable: true }) price!: number;'),
    message: mustBe('number | null'),
    accepted: inClass('@kinds.Money({ nullable: true }) price!: number | null;'),
  },
  {
    title: 'a column that may not be null, on a property that may',
    refused: inClass('@kinds.Money() price!: number | null;'),
    message: mustBe('number'),
    accepted: inClass('@kinds.Money() price!: number;'),
  },
  {
    title: 'a number kind on a text property',
    refused: inClass('@kinds.WholeNumber({ default: 1 }) seats!: string;'),
    message: mustBe('number'),
    accepted: inClass('@kinds.WholeNumber({ default: 1 }) seats!: number;'),
  },
  {
    title: 'a closed list on a property of any text',
    refused: inClass("@kinds.OneOf(['day', 'week'], { length: 16 }) unit!: string;"),
    message: mustBe('"day" | "week"'),
    accepted: inClass("@kinds.OneOf(['day', 'week'], { length: 16 }) unit!: 'day' | 'week';"),
  },
  {
    title: 'a moment on a text property',
    refused: inClass('@kinds.Instant({ nullable: true }) at!: string | null;'),
    message: mustBe('Date | null'),
    accepted: inClass('@kinds.Instant({ nullable: true }) at!: Date | null;'),
  },
  {
    title: 'any text as a currency',
    refused: inClass('@kinds.CurrencyCode() currency!: string;'),
    message: `'{ readonly 'the property must be of type': "AED" | "AFN" | `,
    accepted: inClass("@kinds.CurrencyCode() currency!: Plan['currency'];"),
  },
  {
    title: 'a default of another type',
    refused: inClass("@kinds.WholeNumber({ default: '1' }) seats!: number;"),
    message: "Type 'string' is not assignable to type 'number'",
    accepted: inClass('@kinds.WholeNumber({ default: 1 }) seats!: number;'),
  },
  {
    title: 'a default that is not in the list',
    refused: inClass("@kinds.OneOf(['a'], { length: 16, default: 'b' }) word!: 'a';"),
    message: `Type '"b"' is not assignable to type '"a"'`,
    accepted: inClass("@kinds.OneOf(['a'], { length: 16, default: 'a' }) word!: 'a';"),
  },
  {
    title: 'a key whose row is no property',
    refused: inClass('@kinds.Key() planId!: string; plans?: Plan;'),
    message: `'{ readonly 'the row itself must be a property': "plan"; }'`,
    accepted: inClass('@kinds.Key() planId!: string; plan?: Plan;'),
  },
  {
    title: "a host's key whose row is no property",
    refused: inClass("@kinds.HostKey('tenant') tenantId!: string;"),
    message: `'{ readonly 'the row itself must be a property': "tenant"; }'`,
    accepted: inClass("@kinds.HostKey('tenant') tenantId!: string; tenant?: Tenant;"),
  },
  {
    title: 'a key that does not end in Id',
    refused: inClass('@kinds.Key() plan!: string;'),
    message: `'{ readonly 'the name of a key must end in': "Id"; }'`,
    accepted: inClass('@kinds.Key() planId!: string; plan?: Plan;'),
  },
  {
    title: 'a family that there is not',
    refused: inClass("@kinds.HostKey('team') teamId!: string; team?: Tenant;"),
    message: `'"team"' is not assignable to parameter of type '"tenant" | "user"'`,
    accepted: inClass("@kinds.HostKey('user') teamId!: string; team?: Tenant;"),
  },
  ...ruleCases({
    "period('trail')": [': trailStart, trailEnd', "period('trial')"],
    "bothOrNeither('currency', 'amount')": [
      "Property 'amount' is missing",
      "bothOrNeither('currency', 'price')",
    ],
    "different('price', 'cost')": ["Property 'cost' is missing", "different('price', 'currency')"],
    "notAbove('price', 'limit')": ["Property 'limit' is missing", "notAbove('price', 'price')"],
    "setWith('endAt', 'price')": ["Property 'endAt' is missing", "setWith('endedAt', 'price')"],
    "setWhen('endAt', ['over'])": ["Property 'endAt' is missing", "setWhen('endedAt', ['over'])"],
    "onlyWith('endAt', 'price')": ["Property 'endAt' is missing", "onlyWith('endedAt', 'price')"],
    "onlyWithOrWhen('endAt', 'price', ['over'])": [
      "Property 'endAt' is missing",
      "onlyWithOrWhen('endedAt', 'price', ['over'])",
    ],
    "zeroOnlyWhen('cost', ['free'])": [
      "Property 'cost' is missing",
      "zeroOnlyWhen('price', ['free'])",
    ],
    "refund('refunded', 'price', { partially: 'part', wholly: 'all' })": [
      "Property 'refunded' is missing",
      "refund('price', 'price', { partially: 'part', wholly: 'all' })",
    ],
    "atMostBy('count', 'status', { day: 5 })": [
      "Property 'count' is missing",
      "atMostBy('price', 'status', { day: 5 })",
    ],
    "setExactlyWhen('endAt', ['over'])": [
      "Property 'endAt' is missing",
      "setExactlyWhen('endedAt', ['over'])",
    ],
  }),
  {
    title: 'a bound class taken for another one',
    refused: 'export const plan: typeof Subscription = bound(Plan);',
    message: "Type 'typeof Plan' is not assignable to type 'typeof Subscription'",
    accepted: 'export const plan: typeof Plan = bound(Plan);',
  },
];

function ruleCases(rules: Readonly<Record<string, readonly [string, string]>>): Case[] {
  const withRule = (rule: string): string => `
    @BillingTable({ rules: [rules.period('current'), rules.${rule}] })
    @Entity('rows')
    export class Row extends BillingEntity {
      currency!: string; price!: number; status!: string; endedAt!: Date | null;
      trialStart!: Date | null; trialEnd!: Date | null;
      currentStart!: Date | null; currentEnd!: Date | null;
    }`;
  return Object.entries(rules).map(([refused, [message, accepted]]) => ({
    title: `the rule ${refused}, which names no property`,
    refused: withRule(refused),
    message,
    accepted: withRule(accepted),
  }));
}

describe('U6 what of an entity does not compile', () => {
  const fileOf = (index: number, side: 'refused' | 'accepted'): string =>
    join(__dirname, `snippet-${side}-${index}.ts`);
  let messages: ReadonlyMap<string, string[]>;

  beforeAll(() => {
    messages = compile(
      new Map(
        CASES.flatMap(({ refused, accepted }, index) => [
          [fileOf(index, 'refused'), HEAD + refused],
          [fileOf(index, 'accepted'), HEAD + accepted],
        ]),
      ),
    );
  });

  it.each(CASES.map(({ title }, index) => [title, index] as const))('U6 %s', (_title, index) => {
    const { message } = CASES[index]!;
    expect(messages.get(fileOf(index, 'refused'))).toEqual([
      expect.stringContaining(message) as string,
    ]);
    expect(messages.get(fileOf(index, 'accepted'))).toEqual([]);
  });
});

/** What the compiler says of files that are not on the disk, with the project's own options. */
function compile(sources: ReadonlyMap<string, string>): Map<string, string[]> {
  const path = join(ROOT, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  // The imports are the same for all snippets.
  Object.assign(options, { noUnusedLocals: false, types: ['node'] });
  const disk = ts.createCompilerHost(options);
  const program = ts.createProgram([...sources.keys()], options, {
    ...disk,
    fileExists: (file) => sources.has(file) || disk.fileExists(file),
    readFile: (file) => sources.get(file) ?? disk.readFile(file),
    getSourceFile: (file, ...rest) => {
      const text = sources.get(file);
      return text === undefined
        ? disk.getSourceFile(file, ...rest)
        : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
    },
  });
  return new Map(
    [...sources.keys()].map((file) => [
      file,
      program
        .getSemanticDiagnostics(program.getSourceFile(file))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ]),
  );
}
