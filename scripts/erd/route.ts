/** A place at a table's left edge; which edge a line leaves from is decided here. */
interface Anchor {
  readonly x: number;
  readonly y: number;
}

/** A line of three parts: from the parent across to a lane, along it, and across to the child. */
export interface Line {
  readonly parentX: number;
  readonly parentY: number;
  readonly lane: number;
  readonly childX: number;
  readonly childY: number;
}

interface Key {
  readonly child: Anchor;
  readonly parent: Anchor;
}

/** Two columns of tables of the same `width`, with a `gutter` between them. */
interface Room {
  readonly left: number;
  readonly width: number;
  readonly gutter: number;
}

/** What no lane comes nearer to a table than: the marks of cardinality stand there. */
const CLEARANCE = 26;
const LANE_GAP = 14;
/** Between the ends of lines at one parent that mean something else. */
const PORT_GAP = 8;
/** The cost of two lines on each other, against 1 for a crossing. */
const OVERLAP = 1000;

type Corridor = 'left' | 'gutter' | 'right';

interface Group<T extends Key> {
  readonly corridor: Corridor;
  readonly keys: readonly T[];
  /** Where its lines end at the parent: those of unlike groups end beside each other. */
  readonly parentY: number;
}

/**
 * Leads each key through the gutter, or round the outside where both its ends are in one column.
 * Keys of one parent that are alike share a lane; the lanes are put in the order with the fewest
 * crossings.
 */
export function route<T extends Key>(
  keys: readonly T[],
  room: Room,
  likeness: (key: T) => string,
): (T & Line)[] {
  const groups = new Map<string, Group<T>>();
  for (const key of keys) {
    const corridor = corridorOf(key, room);
    const name = [corridor, key.parent.x, key.parent.y, likeness(key)].join(' ');
    groups.set(name, {
      corridor,
      keys: [...(groups.get(name)?.keys ?? []), key],
      parentY: key.parent.y,
    });
  }
  spread([...groups.entries()]).forEach(([name, group]) => groups.set(name, group));
  return (['left', 'gutter', 'right'] as const).flatMap((corridor) => {
    const inside = [...groups.values()].filter((group) => group.corridor === corridor);
    return best(permutations(inside).map((order) => lanes(order, corridor, room)));
  });
}

/** Unlike groups that come to one point from one side end a few pixels above and below it. */
function spread<T extends Key>(
  groups: readonly (readonly [string, Group<T>])[],
): (readonly [string, Group<T>])[] {
  const pointOf = ({ corridor, keys: [key] }: Group<T>): string =>
    [corridor, key?.parent.x, key?.parent.y].join(' ');
  return groups.map(([name, group]) => {
    const there = groups.filter(([, other]) => pointOf(other) === pointOf(group));
    const index = there.findIndex(([other]) => other === name);
    const shift = (index - (there.length - 1) / 2) * PORT_GAP;
    return [name, { ...group, parentY: group.parentY + shift }];
  });
}

function corridorOf({ child, parent }: Key, { left }: Room): Corridor {
  if (child.x !== parent.x) return 'gutter';
  return child.x === left ? 'left' : 'right';
}

function lanes<T extends Key>(
  order: readonly Group<T>[],
  corridor: Corridor,
  { left, width, gutter }: Room,
): (T & Line)[] {
  const right = left + 2 * width + gutter;
  const edge = (x: number): number => {
    if (corridor === 'gutter') return x === left ? left + width : x;
    return corridor === 'left' ? left : right;
  };
  const laneAt = (index: number): number => {
    if (corridor === 'left') return left - CLEARANCE - index * LANE_GAP;
    if (corridor === 'right') return right + CLEARANCE + index * LANE_GAP;
    return left + width + gutter / 2 + (index - (order.length - 1) / 2) * LANE_GAP;
  };
  return order.flatMap(({ keys, parentY }, index) =>
    keys.map((key) => ({
      ...key,
      lane: laneAt(index),
      parentX: edge(key.parent.x),
      parentY,
      childX: edge(key.child.x),
      childY: key.child.y,
    })),
  );
}

function best<L extends Line>(candidates: readonly (readonly L[])[]): readonly L[] {
  const [first = [], ...others] = candidates;
  const chosen = others.reduce((a, b) => (cost(b) < cost(a) ? b : a), first);
  if (cost(chosen) >= OVERLAP) {
    throw new Error('Two lines would lie on each other: place the tables otherwise.');
  }
  return chosen;
}

/** Crossings; lines that lie on each other are worse than any number of those. */
function cost(lines: readonly Line[]): number {
  let sum = 0;
  for (const a of lines) {
    for (const b of lines) {
      if (a.lane === b.lane) continue;
      for (const across of horizontals(b)) {
        const crossed =
          between(across.y, a.parentY, a.childY) && between(a.lane, across.from, across.to);
        if (crossed) sum += 1;
        if (horizontals(a).some((other) => overlap(across, other))) sum += OVERLAP;
      }
    }
  }
  return sum;
}

interface Horizontal {
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

const horizontals = ({ parentX, parentY, lane, childX, childY }: Line): readonly Horizontal[] => [
  { y: parentY, from: parentX, to: lane },
  { y: childY, from: childX, to: lane },
];

const overlap = (a: Horizontal, b: Horizontal): boolean =>
  Math.abs(a.y - b.y) < 3 &&
  Math.max(a.from, a.to) > Math.min(b.from, b.to) &&
  Math.max(b.from, b.to) > Math.min(a.from, a.to);

const between = (value: number, a: number, b: number): boolean =>
  value >= Math.min(a, b) && value <= Math.max(a, b);

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
