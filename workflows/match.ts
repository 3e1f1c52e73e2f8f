import { ActivityFailure, continueAsNew, isCancellation } from '@temporalio/workflow';
import type { MatchInput, MatchStage } from './support/contract.ts';
import { failureType, matching, matchingHere } from './support/steps.ts';

/** So many turns, each of seconds, then the run goes on as a new one: an account may be as large as it likes. */
const TURNS = 100;

/**
 * Makes a match report: what the first connect of two full accounts would link, create and leave. Reads both sides page by page;
 * the report in the store says where it stands, so a run that begins again goes on from there. Writes nothing to a vendor.
 *
 * Cost: a GHL call for each 500 contacts, a Referral Rock call for each 200 members or referrals.
 */
export async function match({ reportId, stage = 'contacts' }: MatchInput): Promise<'done' | 'failed'> {
  let next: MatchStage = stage;
  for (let turn = 0; next !== 'over'; turn++) {
    if (turn === TURNS) return continueAsNew<typeof match>({ reportId, stage: next });
    try {
      next = await readOn(next, reportId);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      if (isCancellation(error)) throw error;
      await matchingHere.failMatch({ reportId, type: failureType(error) });
      return 'failed';
    }
  }
  return 'done';
}

function readOn(stage: MatchStage, reportId: string): Promise<MatchStage> {
  switch (stage) {
    case 'contacts':
      return matching('ghl').matchContacts({ reportId });
    case 'members':
    case 'referrals':
      return matching('referral-rock').matchRecords({ reportId });
    default:
      return matchingHere.matchRest({ reportId });
  }
}
