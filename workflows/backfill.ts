import {
  ActivityFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { BackfillInput } from './support/contract.ts';
import { backfilling, backfillingHere, failureType } from './support/steps.ts';
import { RING } from './triggers.ts';

const ring = defineSignal(RING);
/** How many records have been entered, by kind. */
const progressQuery = defineQuery<Record<string, number>>('progress');

/** So many turns, then the run goes on as a new one. */
const TURNS = 200;
/** What it entered is worked on before more is entered: it looks again after so long. */
const WAIT = '500 ms';
/** A paused one is woken by a ring; should that get lost, it looks by itself. */
const LONG_PAUSE = '10 min';

/**
 * Enters a row for every member, referral and linked contact of a connection, page by page, as if an event had come of each. It
 * keeps only so many of its rows open at a time, so that live events go first. Where it stands is in the store: paused, resumed and
 * cancelled there, it is only rung. Running it twice ends in nothing to do.
 *
 * Cost: a Referral Rock call for each 200 records, besides what their passes cost.
 */
export async function backfill({ connectionId }: BackfillInput): Promise<Record<string, number>> {
  let progress: Record<string, number> = {};
  let rung = false;
  setHandler(ring, () => {
    rung = true;
  });
  setHandler(progressQuery, () => progress);
  for (let turn = 0; ; turn++) {
    if (turn === TURNS) return continueAsNew<typeof backfill>({ connectionId });
    rung = false;
    const now = await backfillingHere.backfillTurn({ connectionId });
    progress = now.progress;
    if (now.next === 'over') {
      // One that was begun meanwhile rang.
      if (rung) continue;
      return progress;
    }
    if (now.next === 'wait' || now.next === 'paused') {
      await condition(() => rung, now.next === 'wait' ? WAIT : LONG_PAUSE);
      continue;
    }
    try {
      if (now.next === 'contacts') await backfillingHere.backfillContacts({ connectionId });
      else await backfilling('referral-rock').backfillRecords({ connectionId });
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      await backfillingHere.failBackfill({ connectionId, type: failureType(error) });
    }
  }
}
