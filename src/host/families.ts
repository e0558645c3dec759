/** The two families of billing tables, each named after the host's row that it belongs to. */
export const FAMILIES = ['tenant', 'user'] as const;
export type Family = (typeof FAMILIES)[number];
