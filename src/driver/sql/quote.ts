/** A name as it stands in SQL: in quotes, and a quote in it doubled. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
