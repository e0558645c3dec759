/** What a provider's object becomes: the properties of a row, or the reason why there is none. */
export type Mapped =
  { readonly row: Readonly<Record<string, unknown>> } | { readonly reason: string };

/** A provider's object, as JSON gives it. */
export type ProviderObject = Readonly<Record<string, unknown>>;

export const SECOND_ITEM = 'a subscription holds one item: a second one needs a table of items';
export const TIERS = 'a price in tiers has no amount a unit';
export const NO_CURRENCY = 'a sample without amounts';
export const DECIMALS = 'an amount in decimal text is not in minor units';
export const ENDED_THOUGH_LIVE = 'a sample that has ended, in a status that is not final';
export const BACKWARDS = 'a sample whose period ends before it starts';
export const NO_TRIAL = 'a sample whose trial has no length';
export const NOTHING_PAID = 'an invoice that was never paid is no payment';
export const REFUNDED_IN_ADVANCE = 'a sample that was refunded before the money was there';

/** Seconds since 1970, as Stripe gives a moment. */
export const at = (seconds: unknown): Date | null =>
  typeof seconds === 'number' ? new Date(seconds * 1000) : null;

export const upper = (currency: unknown): string => String(currency).toUpperCase();
