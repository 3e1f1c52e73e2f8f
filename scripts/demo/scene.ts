import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SeenEvent, Stage } from './stage.ts';

/** One row of the table. What it finds wrong it throws. */
export interface Scene {
  trigger: string;
  does: string;
  play: (stage: Stage, cast: Cast) => Promise<Outcome>;
}

export interface Outcome {
  /** What was done, when it can be told better afterwards. */
  does?: string;
  ghl: string;
  referralRock: string;
  /** From the edit to the last write that followed, else to the last event closed; 0: not measured. */
  ms: number;
}

/** The people of one run: new each time, so that it can be run again on the same sandbox. */
export interface Cast {
  tag: string;
  referralId: string;
  contactId: string;
  memberId: string;
  memberContactId: string;
  webhook: string;
}

export function newCast(): Cast {
  return {
    tag: randomUUID().slice(0, 8),
    referralId: '',
    contactId: '',
    memberId: '',
    memberContactId: '',
    webhook: '',
  };
}

export const email = (cast: Cast, name: string): string => `${name}.${cast.tag}@example.com`;
/** A phone number of this run's own: another contact with it would be a duplicate. */
export const phone = (cast: Cast, n: number): string =>
  `+1737${2_000_000 + ((Number.parseInt(cast.tag, 16) + n) % 7_999_999)}`;
export const NOTHING = '·';

/** Lets `edit` happen, waits until all that follows has come to its end, and answers with the writes it led to and the time it took. */
export async function watch(
  stage: Stage,
  ids: () => readonly string[],
  edit: () => Promise<void>,
): Promise<{ writes: string[]; ms: number }> {
  const since = await stage.lastWrite();
  const startedAt = Date.now();
  await edit();
  await stage.settled();
  const settledAt = Date.now();
  const writes = await stage.writesAbout(ids(), since);
  const endedAt = Math.max(0, ...writes.map(({ at }) => Date.parse(at))) || settledAt;
  return { writes: writes.map(({ operation }) => operation).toSorted(), ms: endedAt - startedAt };
}

export async function lastEvent(stage: Stage, name: string, recordId: string): Promise<SeenEvent> {
  const { events } = await stage.events();
  const found = events.find(({ event, recordId: id }) => event === name && id === recordId);
  assert.ok(found, `the event ${name} of ${recordId} is in the list`);
  assert.equal(found.status, 'done', `${name}: ${found.sentence}`);
  return found;
}
