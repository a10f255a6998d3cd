/** What a list shows of a kind of entries, and where it takes them from. */
export interface FilledList<Entry> {
  items: readonly Entry[];
  activeItems: readonly Entry[];
}

/**
 * Appends what each source finds to a list as soon as it is there. What stands in the list stays where it is, and what is chosen in it is
 * still chosen: nobody clicks on what has just moved there.
 *
 * @returns why sources have failed, when all have ended.
 */
export async function fill<Entry>(list: FilledList<Entry>, sources: readonly Promise<readonly Entry[]>[]): Promise<readonly unknown[]> {
  const append = async (source: Promise<readonly Entry[]>): Promise<void> => {
    const entries = await source;
    const active = list.activeItems;
    list.items = [...list.items, ...entries];
    list.activeItems = active;
  };
  const ends = await Promise.allSettled(sources.map(append));
  return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
}
