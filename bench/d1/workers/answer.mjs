// What every Worker here answers: `/save?count=n` saves n new plans one after the other and gives the
// id of the last, `/find?count=n&id=…` reads that one n times, by its key.

/** @param open gives `save(code)`, which resolves to the new row's id, and `find(id)` */
export const answering = (open) => ({
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const count = Number(searchParams.get('count'));
    const plans = await open(env);
    let id = searchParams.get('id');
    if (pathname === '/save') {
      for (let index = 0; index < count; index += 1)
        id = await plans.save(globalThis.crypto.randomUUID());
    } else {
      for (let index = 0; index < count; index += 1) {
        const plan = await plans.find(id);
        if (plan?.id !== id) throw new Error(`There is no plan ${id}.`);
      }
    }
    return globalThis.Response.json({ id });
  },
});
