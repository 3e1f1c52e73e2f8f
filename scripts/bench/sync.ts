import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../demo/stage.ts';
import { type OneByOne, oneByOne } from './figures.ts';

/** A referral and the contact that Rockbridge made for it. */
export interface Pair {
  contactId: string;
  referralId: string;
}

const SEEN_WITHIN_MS = 30_000;

/** Makes `count` referrals and waits until each has its contact. */
export async function makePairs(stage: Stage, count: number): Promise<Pair[]> {
  const { members } = await stage.sandbox.asUser<{ members: { referralCode: string }[] }>(
    'referralRock',
    'GET',
    '/api/members?showDisabled=false&count=1',
  );
  const referralIds = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const person = { firstName: 'Bench', lastName: `Person ${n}`, email: `bench.${n}@example.com` };
      const body = { referralCode: members[0]?.referralCode, ...person };
      const { referral } = await stage.sandbox.asUser<{ referral: { id: string } }>(
        'referralRock',
        'POST',
        '/api/referrals',
        body,
      );
      return referral.id;
    }),
  );
  await stage.settled();
  return Promise.all(
    referralIds.map(async (referralId) => ({
      referralId,
      contactId: (await stage.referral(referralId)).externalIdentifier,
    })),
  );
}

/** Edits one contact after another and measures until the referral was written. */
export async function measureSingles(stage: Stage, pairs: readonly Pair[], runs: number): Promise<OneByOne> {
  const values: number[] = [];
  for (let n = 0; n < runs; n++) {
    const pair = pairs[n % pairs.length];
    if (pair) values.push(...(await editAndWatch(stage, [pair])));
    await stage.settled();
  }
  return oneByOne(values);
}

/** Edits all contacts at once; events a second, until the last referral was written. */
export async function measureAtOnce(stage: Stage, pairs: readonly Pair[]): Promise<number> {
  const values = await editAndWatch(stage, pairs);
  await stage.settled();
  return (pairs.length / Math.max(...values)) * 1_000;
}

/** Milliseconds from the first edit to the write of each referral, by the sandbox's own book. */
async function editAndWatch(stage: Stage, pairs: readonly Pair[]): Promise<number[]> {
  const since = await stage.lastWrite();
  const lastName = `Edited ${randomUUID()}`;
  const startedAt = Date.now();
  await Promise.all(
    pairs.map(({ contactId }) => stage.sandbox.asUser('ghl', 'PUT', `/contacts/${contactId}`, { lastName })),
  );
  for (;;) {
    const writes = (await stage.sandbox.ledger(since)).filter(
      ({ operation, body }) => operation === 'rr.referral.update' && JSON.stringify(body).includes(lastName),
    );
    if (writes.length >= pairs.length) return writes.map(({ at }) => Date.parse(at) - startedAt);
    if (Date.now() - startedAt > SEEN_WITHIN_MS)
      throw new Error(
        `Only ${writes.length} of ${pairs.length} referrals were written within ${SEEN_WITHIN_MS / 1000} s`,
      );
    await sleep(20);
  }
}
