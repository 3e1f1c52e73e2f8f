import { Context } from '@temporalio/activity';
import { normalForm, normalizeText, type SyncedField } from '../rules/normalize.ts';
import type { Change } from '../rules/state.ts';
import { fillAnswers } from '../rules/templates.ts';
import { connectionOfCustomer, type ConnectionFacts } from '../store/connection-state.ts';
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
import { type CallOptions, type Operation, VendorError } from '../vendors/operation.ts';
import type { StepResult } from '../workflows/support/contract.ts';
import { findSent } from './adopt.ts';
import { finishCreatedContact, noteDuplicate } from './created-contact.ts';
import { type ActivityDependencies, DEFAULT_TIMING, emailKey } from './dependencies.ts';
import { cancellation, isFinal, noteRefusal, storedError, toFailure, tryAgain } from './failures.ts';
import { accountOf, type Data, readRecord } from './read.ts';

/**
 * Carries out step n of a plan: its inputs are rendered from the store right before the call. An update whose record moved since
 * the plan was made writes nothing (`stale`); one whose content is already there calls nothing. A create is marked `sent` before
 * it leaves; an attempt that finds the mark looks for what it may have made instead of calling again.
 */
export function createApply(dependencies: ActivityDependencies) {
  const { database, clients, addressKey } = dependencies;
  const { db } = database;
  const timing = { ...DEFAULT_TIMING, ...dependencies.timing };

  async function apply(operation: Operation, step: DueStep): Promise<StepResult> {
    if (!step.planOpen) return 'stale';
    if (step.status === 'done') return 'done';
    if (operation.effect === 'money')
      throw new VendorError('Forbidden', operation.id, 'A step of effect money needs a person’s approval');
    const connection = await connectionOfCustomer(db, step.customerId);
    if (connection.mode !== 'live') {
      // Somebody set the connection to observe after the plan was made.
      await markStale(db, step.id);
      return 'stale';
    }
    const options: CallOptions = {
      account: accountOf(connection, operation.vendor),
      turnKey: step.id,
      signal: cancellation(),
      ...(operation.creates ? { beforeSend: () => send(operation, step) } : {}),
    };
    const changes = fillAnswers(step.changes, step.answers);
    if (operation.creates && step.sentAt) {
      const found = await lookUpSent(operation, step, step.sentAt, connection, options);
      if (found) return finish(operation, step, changes, found, connection, options);
    }
    const standing = await compare(step, changes, options);
    if (standing === 'stale') {
      await markStale(db, step.id);
      return 'stale';
    }
    if (standing) return finish(operation, step, changes, standing, connection, options);
    await markPending(db, fillAnswers(step.merges, step.answers));
    const output = await clients[operation.vendor].call(operation, fillAnswers(step.input, step.answers), options);
    return finish(operation, step, changes, recordIn(operation, output), connection, options);
  }

  /** Of two attempts at once, one of a run that Temporal has forgotten, only one may send. */
  async function send(operation: Operation, step: DueStep): Promise<void> {
    if (await markSent(db, step)) return;
    throw tryAgain('AnswerLost', `${operation.id}: another attempt has sent it`, timing.lookUpAfter);
  }

  /** What an update finds: `stale`; the record if it holds all of it already; undefined: write. */
  async function compare(
    step: DueStep,
    changes: readonly Change[],
    options: CallOptions,
  ): Promise<'stale' | Data | undefined> {
    const { record, snapshot } = step;
    if (!record || changes.length === 0) return undefined;
    const age = snapshot ? Date.now() - snapshot.readAt.getTime() : Number.POSITIVE_INFINITY;
    const mustRead =
      age > timing.freshFor || Context.current().info.attempt > 1 || changes.some(({ field }) => field === 'note');
    const data = mustRead || !snapshot ? await reread(record, options) : snapshot.data;
    const holds = (side: 'before' | 'after') => (change: Change) =>
      isSame(step, change.field, data[change.field], change[side]);
    if (changes.every(holds('after'))) return data;
    return changes.every((change) => holds('before')(change) || holds('after')(change)) ? undefined : 'stale';
  }

  async function reread(record: KnownRecord, { account, signal }: CallOptions): Promise<Data> {
    const data = await readRecord(clients, record.kind, record.vendorId, { account, ...(signal ? { signal } : {}) });
    await saveSnapshot(db, record.id, data, emailKey(addressKey, data['email']));
    return data;
  }

  async function lookUpSent(
    operation: Operation,
    step: DueStep,
    sentAt: Date,
    connection: ConnectionFacts,
    options: CallOptions,
  ): Promise<Data | undefined> {
    const waitMs = sentAt.getTime() + timing.lookUpAfter - Date.now();
    if (waitMs > 0)
      throw tryAgain(
        'AnswerLost',
        `${operation.id}: the answer was lost; looking for what it made in a moment`,
        waitMs,
      );
    const { beforeSend: _, turnKey: __, ...reading } = options;
    return findSent(clients, operation.id, step, connection, reading);
  }

  async function finish(
    operation: Operation,
    step: DueStep,
    changes: readonly Change[],
    record: Data | undefined,
    connection: ConnectionFacts,
    options: CallOptions,
  ): Promise<StepResult> {
    const { beforeSend: _, turnKey: __, ...reading } = options;
    const known =
      record ?? (step.record && (await readRecord(clients, step.record.kind, step.record.vendorId, reading)));
    const answer: StepAnswer = {
      ...(known?.['id'] ? { id: String(known['id']) } : {}),
      ...(known ? { record: known, ...whatWasTaken(step, changes, known) } : {}),
    };
    const key = known ? emailKey(addressKey, known['email']) : null;
    if (operation.id === 'ghl.contact.create') return finishCreatedContact(db, step, connection.id, answer, key);
    if (step.record && known) await saveSnapshot(db, step.record.id, known, key);
    await finishStep(db, step.id, answer);
    return 'done';
  }

  /** A refusal that surely left nothing behind takes the `sent` mark back; one for good fails the step. */
  async function noteFailure(error: unknown, step: DueStep): Promise<void> {
    if (!(error instanceof VendorError)) return;
    if (error.kind === 'RateLimited' || error.kind === 'NotConnected') await clearSent(db, step.id);
    await noteStepError(db, step, storedError(error), isFinal(error) && !isUnauthorized(error));
  }

  async function fail(error: unknown, step: DueStep): Promise<never> {
    await noteFailure(error, step);
    if (error instanceof VendorError) await noteRefusal(dependencies, step.customerId, error, 'writes');
    // Refused credentials are mended by a person; the step waits for it.
    if (isUnauthorized(error)) throw tryAgain('Unauthorized', `${step.operation}: Unauthorized`, TRY_REFUSED_AGAIN_MS);
    throw toFailure(error, dependencies.log);
  }

  /** A create that was answered by something unreadable may have been carried out: it is looked up, not given up. */
  function withoutAnswer(operation: Operation, error: unknown): unknown {
    const isUnclear = error instanceof VendorError && error.kind === 'Unexpected' && (error.status ?? 0) < 400;
    if (!operation.creates || !isUnclear) return error;
    return new VendorError('Unavailable', error.operation, error.message, {
      ...(error.status === undefined ? {} : { status: error.status }),
      ...(error.traceId === undefined ? {} : { traceId: error.traceId }),
    });
  }

  return (operation: Operation) =>
    async ({ planId, n }: { planId: string; n: number }): Promise<StepResult> => {
      const step = await loadStep(db, planId, n);
      try {
        return await apply(operation, step);
      } catch (error) {
        if (
          error instanceof VendorError &&
          error.kind === 'Conflict' &&
          error.existingId &&
          operation.id === 'ghl.contact.create'
        ) {
          return await noteDuplicate(dependencies, step, error.existingId).catch((failure: unknown) =>
            fail(failure, step),
          );
        }
        return await fail(withoutAnswer(operation, error), step);
      }
    };
}

/**
 * What the vendor made of our values. One that is still as it was before was refused; one that is neither was overtaken by
 * somebody's edit: it counts as taken, so that the edit is a change from it.
 */
function whatWasTaken(step: DueStep, changes: readonly Change[], record: Data): Pick<StepAnswer, 'taken' | 'refused'> {
  const taken: Record<string, unknown> = {};
  const refused: string[] = [];
  for (const { field, before, after } of changes) {
    const isTaken = isSame(step, field, record[field], after);
    const isAsBefore = isSame(step, field, record[field], before);
    if (!isTaken && isAsBefore) refused.push(field);
    taken[field] = isTaken || isAsBefore ? record[field] : after;
  }
  return refused.length > 0 ? { taken, refused } : { taken };
}

const TRY_REFUSED_AGAIN_MS = 120_000;

function isUnauthorized(error: unknown): boolean {
  return error instanceof VendorError && error.kind === 'Unauthorized';
}

/** The record in an operation's answer stands under the resource's name (`ghl.custom-field.create`: `customField`), or bare. */
function recordIn(operation: Operation, output: unknown): Data | undefined {
  const resource = (operation.id.split('.')[1] ?? '').replace(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
  const answer = output as Data;
  const record = answer[resource] ?? (answer['id'] === undefined ? undefined : answer);
  return record && typeof record === 'object' ? (record as Data) : undefined;
}

/** The same in normal form; fields outside the field map as text. */
function isSame(step: DueStep, field: string, one: unknown, other: unknown): boolean {
  const mapped = step.merges.find(({ written }) => written?.as === field)?.field as SyncedField | undefined;
  if (!mapped) return String(one ?? '').trim() === String(other ?? '').trim();
  const country = normalizeText(step.snapshot?.data['country']) || 'US';
  return normalForm(mapped, one, { country }) === normalForm(mapped, other, { country });
}
