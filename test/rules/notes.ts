import { keepSection } from '../../rules/lines/lines.ts';
import type { ItemState, Line } from '../../rules/records.ts';
import { customer, linked, referral } from './customers.ts';

export const HEADING = '--- GoHighLevel (kept by Rockbridge) ---';
export const END = '--- end of GoHighLevel ---';
/** 17:00 on 2026-12-01 where the location is. */
export const DUE = '2026-12-01T23:00:00.000Z';

export const withoutReferences = (note: string): string => note.replaceAll(/ rb:[0-9A-Z]{8}/gu, '');

/** The note as it is kept where these lines are known, those of deleted tasks go, and nobody is there to make a task for. */
export function renderNote(note: unknown, lines: readonly Line[], deleted: readonly Line[] = []): string {
  const items = deleted.map(({ reference }): ItemState => ({
    recordId: reference,
    kind: 'task',
    vendorId: reference,
    parentId: 'c1',
    data: { title: 'Call' },
    gone: true,
    ours: false,
    seen: undefined,
  }));
  const rows = [...lines, ...deleted.map((one) => ({ ...one, itemId: one.reference }))];
  const link = linked(referral({ note }), { lines: rows });
  const [change] = keepSection(customer([link], { contact: undefined, items }), link).note;
  return change ? String(change.after) : String(note ?? '');
}
