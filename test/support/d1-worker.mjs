/**
 * Hands statements to one of its D1 bindings, in workerd: the tests' way from Node to D1.
 *
 * A body is `{ database, statements: [sql, values][], batch, session }`; the answer `{ outcomes, bookmark }`,
 * or `{ message, cause }` of the error that the binding threw. `session` is undefined, or where the session
 * begins.
 */
export default {
  async fetch(request, env) {
    const { database, statements, batch, session } = await request.json();
    try {
      const bound = env[database];
      const binding = session === undefined ? bound : bound.withSession(session);
      const prepared = statements.map(([sql, values]) =>
        binding.prepare(sql).bind(...values.map(decode)),
      );
      const outcomes = batch ? await binding.batch(prepared) : [await prepared[0].all()];
      return Response.json({ outcomes, bookmark: binding.getBookmark?.() });
    } catch (error) {
      return Response.json({ message: error.message, cause: error.cause?.message });
    }
  },
};

/** JSON has no bytes, and of numbers no -0, NaN or Infinity. */
function decode(value) {
  if (typeof value !== 'object' || value === null) return value;
  return 'bytes' in value ? new Uint8Array(value.bytes) : Number(value.number);
}
