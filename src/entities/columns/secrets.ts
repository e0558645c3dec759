/**
 * Keeps the values of a property beside the entities and not in them. They are read, set, loaded and
 * saved as any other, but are no own properties: `JSON.stringify()`, class-transformer's
 * `instanceToPlain()`, `util.inspect()` (`console.log()`), `structuredClone()` and a spread copy leave
 * them out, in whatever object the entity is.
 */
export function hideFromCopies(prototype: object, property: string): void {
  const values = new WeakMap<object, unknown>();
  Object.defineProperty(prototype, property, {
    configurable: true,
    get(this: object): unknown {
      return values.get(this);
    },
    set(this: object, value: unknown) {
      values.set(this, value);
    },
  });
}
