import type { LinkMerge } from '../../rules/links/merge-link.ts';

/** `ghl email <- x`, and where a baseline moves: `email: ghl / rr`, what is written in quotes. */
export function shown({ toGhl, toRr, merges, conflicts }: LinkMerge): string[] {
  const changes = (side: string, all: LinkMerge['toGhl']): string[] =>
    all.map(({ field, before, after }) => `${side} ${field}: ${String(before)} -> ${String(after)}`);
  const moved = merges.map(({ field, ghl, rr, written }) =>
    written
      ? `${field} by ${written.step}.${written.as} = ${written.value}`
      : `${field} is ${String(ghl)} / ${String(rr)}`,
  );
  return [...changes('ghl', toGhl), ...changes('rr', toRr), ...moved, ...conflicts];
}
