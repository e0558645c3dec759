/**
 * The host's classes, for TypeScript: what `bindHost()` is given at runtime, this says to the compiler.
 * Without it, relations have the types of billing's own classes, and `tenantId` and `userId` are strings.
 *
 * A key that is not called `id` is named beside its class, as `tenantKey` or `userKey`.
 *
 * @example
 * declare module 'typeorm-billing' {
 *   interface HostTypes {
 *     tenant: Organization;
 *     tenantKey: 'organizationId';
 *     user: Account;
 *     plan: OurPlan;
 *   }
 * }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- A host adds to it.
export interface HostTypes {}
