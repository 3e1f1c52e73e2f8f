import { ApplicationFailure } from '@temporalio/common';
import type { Change } from '../rules/plan.ts';
import { fillAnswers } from '../rules/forms/templates.ts';
import { connectionOfCustomer, type ConnectionFacts } from '../store/connection-state.ts';
import { endStep } from '../store/created.ts';
import { type KnownRecord, saveSnapshot } from '../store/records.ts';
import {
  clearSent,
  type DueStep,
  finishStep,
  loadStep,
  markPending,
  markSent,
  markStale,
  noteStepError,
  type StepAnswer,
} from '../store/steps.ts';
import { noteUnclear, wasReported } from '../store/unclear.ts';
import { type CallOptions, type Operation, VendorError } from '../vendors/operation.ts';
import type { StepResult } from '../workflows/support/contract.ts';
import { findCreated, mayHaveTwin } from './adopt.ts';
import { givenFields, hasMoved, holdsAll, whatWasTaken } from './compare.ts';
import { finishCreated, noteDuplicate } from './created.ts';
import { type ActivityDependencies, DEFAULT_TIMING, emailKey } from './dependencies.ts';
import { cancellation, isFinal, noteRefusal, storedError, toFailure, tryAgain } from './failures.ts';
import { permitOf } from './permit.ts';
import { accountOf, type Data, readRecord, vendorOf } from './read.ts';
import { isLost, isSentOnce, placeToLook, Unclear } from './sent.ts';
import { isThereAlready, mayHaveBeenSent, noteTags, seemsTagged } from './there-already.ts';

/** One attempt at a step. */
interface Attempt {
  operation: Operation;
  step: DueStep;
  connection: ConnectionFacts;
  /** Earlier steps' answers filled in. */
  input: Data;
  changes: readonly Change[];
  /** Of the call itself; `reading` of all that is read besides. */
  calling: CallOptions;
  reading: CallOptions;
}

const NOTE_NOT_TAKEN =
  'Referral Rock answered that it was done, and the note is as it was: look whether it may be edited there, then retry';

/**
 * Carries out step n of a plan: its inputs are rendered from the store right before the call. An update whose record moved since
 * the plan was made writes nothing (`stale`); one whose content is already there calls nothing. What may be sent only once is
 * marked `sent` before it leaves; an attempt that finds the mark looks at what came of it instead of calling again.
 */
export function createApply(dependencies: ActivityDependencies) {
  const { database, clients, addressKey } = dependencies;
  const { db } = database;
  const timing = { ...DEFAULT_TIMING, ...dependencies.timing };

  async function apply(operation: Operation, step: DueStep): Promise<StepResult> {
    if (!step.planOpen) return 'stale';
    if (step.status === 'done') return 'done';
    // Refused for good, what it claimed is free: a run that Temporal has forgotten may have carried on its plan meanwhile.
    if (step.status === 'failed' && !step.sentAt && isSentOnce(operation))
      throw ApplicationFailure.nonRetryable(`${operation.id}: refused before`, 'Refused');
    const permit = await permitOf(db, operation, step);
    const connection = await connectionOfCustomer(db, step.customerId);
    if (connection.mode !== 'live') {
      // Somebody set the connection to observe after the plan was made.
      await markStale(db, step.id);
      return 'stale';
    }
    const reading = { account: accountOf(connection, operation.vendor), signal: cancellation() };
    const calling = { ...reading, turnKey: step.id, ...(permit ? { permit } : {}) };
    const { input, changes } = fillAnswers({ input: step.input, changes: step.changes }, step.answers);
    const attempt: Attempt = { operation, step, connection, input, changes, calling, reading };

    if (isSentOnce(operation) && step.sentAt) {
      const found = await lookUp(attempt, step.sentAt);
      // Somebody may have edited meanwhile what was made: that is a change from what it was given.
      if (found) return finish({ ...attempt, changes: operation.creates ? givenFields(step) : changes }, found, true);
    }
    const standing = await compare(attempt);
    if (standing === 'stale') {
      await markStale(db, step.id);
      return 'stale';
    }
    if (standing) return finish(attempt, standing);
    const isWorthALook = mayHaveBeenSent(step) || (await seemsTagged(db, step, input));
    if (isWorthALook && (await isThereAlready(clients, step, input, reading))) return finish(attempt, undefined);
    await markPending(db, fillAnswers(step.merges, step.answers));
    return carryOut(attempt);
  }

  /** Calls, and ends the step: a vendor's refusal may mean that what was wanted is there. */
  async function carryOut(attempt: Attempt): Promise<StepResult> {
    const { operation, step } = attempt;
    let made: Data | undefined;
    try {
      made = await call(attempt);
    } catch (error) {
      if (!(error instanceof VendorError) || error.status === undefined) throw error;
      if (error.kind === 'NotFound' && isRemoval(operation)) {
        await finishStep(db, step.id, {});
        return 'done';
      }
      if (error.kind === 'Conflict' && error.existingId && operation.id === 'ghl.contact.create')
        return noteDuplicate(dependencies, step, error.existingId);
      const isRefused = error.kind === 'Conflict' || error.kind === 'Invalid';
      const twin = isRefused && mayHaveTwin(operation.id) ? await find(attempt) : undefined;
      if (!twin) throw error;
      return finishCreated(dependencies, {
        ...attempt,
        answer: answerOf(attempt, twin),
        wasThere: true,
        wasFound: true,
      });
    }
    return finish(attempt, made);
  }

  async function call({ operation, step, input, changes, calling }: Attempt): Promise<Data | undefined> {
    const isOnce = isSentOnce(operation);
    let hasLeft = false;
    const beforeSend = async (): Promise<void> => {
      // Of two attempts at once, one of a run that Temporal has forgotten, only one may send.
      if (!(await markSent(db, step)))
        throw tryAgain('AnswerLost', `${operation.id}: another attempt has sent it`, timing.lookUpAfter);
      hasLeft = true;
    };
    try {
      const output = await clients[operation.vendor].call(operation, input, {
        ...calling,
        ...(isOnce ? { beforeSend } : {}),
      });
      const record = recordIn(operation, output);
      if (operation.effect === 'money' && record && !holdsAll(step, record, changes, 'after'))
        throw new VendorError('Unavailable', operation.id, `${operation.id}: taken, but the record is as it was`);
      return record;
    } catch (error) {
      if (!hasLeft || !(error instanceof VendorError)) throw error;
      if (isLost(error)) throw lost(operation, step, error);
      await clearSent(db, step.id);
      throw error;
    }
  }

  /** What was sent without an answer is looked at in a later attempt, or at once left to a person where nothing can be seen. */
  function lost(operation: Operation, step: DueStep, error: VendorError): Error {
    if (!placeToLook(operation, step)) return new Unclear(operation, step, error);
    const { status, traceId } = error;
    return new VendorError('Unavailable', error.operation, error.message, {
      ...(status === undefined ? {} : { status }),
      ...(traceId === undefined ? {} : { traceId }),
    });
  }

  /** What came of a step that was sent: the record, if it was done; undefined: it is to be sent, again. Throws `Unclear`. */
  async function lookUp(attempt: Attempt, sentAt: Date): Promise<Data | undefined> {
    const { operation, step, changes } = attempt;
    const place = placeToLook(operation, step);
    if (place) {
      const after = operation.effect === 'money' ? timing.confirmAfter : timing.lookUpAfter;
      const waitMs = sentAt.getTime() + after - Date.now();
      const message = `${operation.id}: the answer was lost; looking for what came of it in a moment`;
      if (waitMs > 0) throw tryAgain('AnswerLost', message, waitMs);
    }
    if (place === 'created') return find(attempt);
    const record = place && (await reread(place, attempt));
    if (record && holdsAll(step, record, changes, 'after')) return record;
    if (await wasReported(db, step)) return undefined;
    throw new Unclear(operation, step);
  }

  function find({ operation, step, connection, input, reading }: Attempt): Promise<Data | undefined> {
    return findCreated(operation.id, { clients, input, reference: step.reference, connection, options: reading });
  }

  /** What an update finds: `stale`; the record if it holds all of it already; undefined: write. */
  async function compare(attempt: Attempt): Promise<'stale' | Data | undefined> {
    const { operation, step, changes } = attempt;
    const { record, snapshot } = step;
    if (!record || changes.length === 0) return undefined;
    const age = snapshot ? Date.now() - snapshot.readAt.getTime() : Number.POSITIVE_INFINITY;
    const mustRead =
      age > timing.freshFor ||
      operation.effect === 'money' ||
      mayHaveBeenSent(step) ||
      changes.some(({ field }) => field === 'note');
    const data = mustRead || !snapshot ? await reread(record, attempt) : snapshot.data;
    if (holdsAll(step, data, changes, 'after')) return data;
    return hasMoved(step, data, changes) ? 'stale' : undefined;
  }

  async function reread(record: KnownRecord, { connection, reading }: Attempt): Promise<Data> {
    const options = { ...reading, account: accountOf(connection, vendorOf(record.kind)) };
    const data = await readRecord(clients, record.kind, record.vendorId, options, record.parentId);
    await keep(record, data);
    return data;
  }

  async function keep(record: KnownRecord, data: Data): Promise<void> {
    await saveSnapshot(db, record.id, data, emailKey(addressKey, data['email']));
  }

  function answerOf({ step, changes }: Attempt, record: Data | undefined): StepAnswer {
    if (!record) return {};
    const id = record['id'] === undefined ? {} : { id: String(record['id']) };
    return { ...id, record, ...whatWasTaken(step, changes, record) };
  }

  /** Ends the step with what its record is now. */
  async function finish(attempt: Attempt, made: Data | undefined, wasFound = false): Promise<StepResult> {
    const { operation, step, input } = attempt;
    if (operation.creates)
      return finishCreated(dependencies, { ...attempt, answer: answerOf(attempt, made), wasThere: false, wasFound });
    const { record } = step;
    const known = made ?? (record && operation.effect !== 'delete' ? await reread(record, attempt) : undefined);
    if (record && made) await keep(record, made);
    const answer = answerOf(attempt, known);
    // What waits for the note (the task of a line that was typed into it) must not go on without it.
    if (answer.refused?.includes('note')) throw new VendorError('Invalid', operation.id, NOTE_NOT_TAKEN);
    await db.transaction().execute(async (tx) => {
      await noteTags(tx, step, input);
      await endStep(tx, step, answer, record?.vendorId);
    });
    return 'done';
  }

  async function fail(error: unknown, step: DueStep): Promise<never> {
    if (error instanceof Unclear) {
      await noteUnclear(db, step.id, error.toStored());
      throw ApplicationFailure.nonRetryable(`${error.operation}: ${error.type}`, error.type);
    }
    if (error instanceof VendorError) {
      await noteStepError(db, step, storedError(error), isFinal(error) && error.kind !== 'Unauthorized');
      await noteRefusal(dependencies, step.customerId, error, 'writes');
      // Refused credentials are mended by a person; the step waits for it.
      if (error.kind === 'Unauthorized')
        throw tryAgain('Unauthorized', `${step.operation}: Unauthorized`, TRY_REFUSED_AGAIN_MS);
    }
    throw toFailure(error, dependencies.log);
  }

  return (operation: Operation) =>
    async ({ planId, n }: { planId: string; n: number }): Promise<StepResult> => {
      const step = await loadStep(db, planId, n);
      try {
        return await apply(operation, step);
      } catch (error) {
        return await fail(error, step);
      }
    };
}

const TRY_REFUSED_AGAIN_MS = 120_000;

/** What takes something away: that it is not there is what was wanted. */
function isRemoval({ id, effect }: Operation): boolean {
  return effect === 'delete' || (effect === 'write' && /\.remove-(tags|followers|from-[\w-]+)$/u.test(id));
}

/** The record in an operation's answer stands under the resource's name (`ghl.custom-field.create`: `customField`), or bare. */
function recordIn(operation: Operation, output: unknown): Data | undefined {
  const resource = (operation.id.split('.')[1] ?? '').replace(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
  const answer = (output ?? {}) as Data;
  const record = answer[resource] ?? (answer['id'] === undefined ? undefined : answer);
  return record && typeof record === 'object' ? (record as Data) : undefined;
}
