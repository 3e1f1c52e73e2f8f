import type { CallOptions } from '../vendors/operation.ts';
import { referralRock } from '../vendors/operations.ts';
import type { Clients, Data } from './read.ts';

/** A place in a list of Referral Rock: how many records lie before it, and the last of them. */
export interface RockPlace {
  readonly offset: number;
  readonly last: string;
}

export interface RockPage {
  readonly records: readonly Data[];
  readonly total: number;
  /** Where the next page begins; undefined: this was the last one. */
  readonly next: RockPlace | undefined;
}

/** The most that Referral Rock is asked for at once. */
const USUAL_SIZE = 200;

/**
 * One page of all members or referrals, oldest first, so that new ones come last. It begins with the last record of the page before;
 * where that one is gone, records have moved forward: the page before is read again, so that none is missed. Throws VendorError.
 */
export async function rockPage(
  clients: Clients,
  kind: 'member' | 'referral',
  place: RockPlace | undefined,
  options: CallOptions,
  size = USUAL_SIZE,
): Promise<RockPage> {
  const asked = Math.max(0, (place?.offset ?? 0) - 1);
  const page = { sort: 'Create_Dt_Asc', offset: asked, count: size } as const;
  const { records, total } = await listed(clients, kind, page, options);
  const first = records[0];
  const hasMoved = place !== undefined && place.last !== '' && String(first?.['id'] ?? '') !== place.last;
  if (hasMoved) return { records: [], total, next: { offset: Math.max(0, asked - size), last: '' } };
  const fresh = place !== undefined && place.last !== '' ? records.slice(1) : records;
  const end = asked + records.length;
  const last = String(records.at(-1)?.['id'] ?? '');
  return { records: fresh, total, next: fresh.length === 0 || end >= total ? undefined : { offset: end, last } };
}

async function listed(
  clients: Clients,
  kind: 'member' | 'referral',
  page: { sort: 'Create_Dt_Asc'; offset: number; count: number },
  options: CallOptions,
): Promise<{ records: Data[]; total: number }> {
  const client = clients['referral-rock'];
  if (kind === 'member') {
    const { members, total } = await client.call(referralRock.member.list, page, options);
    return { records: members, total: totalOf(total, page, members.length) };
  }
  const { referrals, total } = await client.call(referralRock.referral.list, page, options);
  return { records: referrals, total: totalOf(total, page, referrals.length) };
}

/** An answer that does not tell how many there are in all has more while its page is full. */
function totalOf(
  total: number | null | undefined,
  { offset, count }: { offset: number; count: number },
  length: number,
): number {
  if (typeof total === 'number' && total > 0) return total;
  return length < count ? offset + length : offset + length + 1;
}
