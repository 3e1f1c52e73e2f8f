import { fulfilClaims } from '../store/claims.ts';
import type { Db } from '../store/database.ts';
import { connectionOfCustomer } from '../store/connection-state.ts';
import { adoptContact, moveRecord, takeOverContact } from '../store/moves.ts';
import { recordOf, saveCandidate, saveSnapshot } from '../store/records.ts';
import { type DueStep, finishStep, markStale, type StepAnswer } from '../store/steps.ts';
import type { StepResult } from '../workflows/support/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { cancellation } from './failures.ts';
import { accountOf, readRecord } from './read.ts';

/**
 * Stores a contact that we made, in one transaction with its record and claims, also when its own webhook was quicker and
 * queued it elsewhere. If it has become another customer's contact meanwhile, our record moves there and the plan is given up.
 */
export async function finishCreatedContact(
  db: Db,
  step: DueStep,
  connectionId: string,
  answer: StepAnswer,
  emailKey: string | null,
): Promise<StepResult> {
  const contactId = answer.id ?? '';
  return db.transaction().execute(async (tx) => {
    const adopted = await adoptContact(tx, connectionId, step.customerId, contactId, true);
    await finishStep(tx, step.id, answer);
    await fulfilClaims(tx, connectionId, step.customerId, step.claims, contactId);
    if ('ownedBy' in adopted && !(await takeOverContact(tx, { connectionId, contactId }, step.customerId))) {
      await moveRecord(tx, step.focus, adopted.ownedBy);
      return 'stale';
    }
    // Should the plan be made again before it is closed: this is the record's contact.
    await saveCandidate(tx, step.focus, contactId, answer.record ?? {}, false);
    const record = await recordOf(tx, connectionId, 'contact', contactId);
    if (record) await saveSnapshot(tx, record.id, answer.record ?? {}, emailKey);
    return 'done';
  });
}

/** GHL refused to make a contact beside one that is there: it becomes a candidate for the matching rule, and the pass plans again. */
export async function noteDuplicate(
  { database, clients }: ActivityDependencies,
  step: DueStep,
  contactId: string,
): Promise<StepResult> {
  const connection = await connectionOfCustomer(database.db, step.customerId);
  const data = await readRecord(clients, 'contact', contactId, {
    account: accountOf(connection, 'ghl'),
    signal: cancellation(),
  });
  await saveCandidate(database.db, step.focus, contactId, data, true);
  await markStale(database.db, step.id);
  return 'stale';
}
