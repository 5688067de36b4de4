/** Works through the items in order, so many at a time. */
export const inLanes = async <Item>(
  lanes: number,
  items: Iterable<Item>,
  work: (item: Item, lane: number) => Promise<void>,
): Promise<void> => {
  // One iterator for all: each lane takes the next item when it is free.
  const rest = items[Symbol.iterator]();
  const go = async (lane: number): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => go(lane)));
};
