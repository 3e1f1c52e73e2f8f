import { ApplicationFailure } from '@temporalio/common';
import { type Call, type CallsStore, createCallsStore } from '../store/calls.ts';
import { loadConnection } from '../store/connections.ts';
import { type CallOptions, type Operation, VendorError } from '../vendors/operation.ts';
import type { StepResult } from '../workflows/support/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { cancellation, isFinal, storedError, toFailure } from './failures.ts';
import { accountOf } from './read.ts';

/**
 * Carries out an operation that somebody called by hand: its input comes from the store, its answer goes there. What a repeat
 * would double, and what moves money, is attempted once: when its answer is lost, the call fails and says so.
 */
export function createCalled(dependencies: ActivityDependencies) {
  const calls = createCallsStore(dependencies.database, dependencies.addressKey);

  async function send(operation: Operation, call: Call): Promise<void> {
    const isOnce = operation.creates || operation.effect === 'money';
    if (isOnce && call.sentAt) throw answerLost(operation);
    const connection = await loadConnection(dependencies.database, call.connectionId);
    if (!connection) throw new VendorError('Invalid', operation.id, `There is no connection ${call.connectionId}`);
    const options: CallOptions = {
      account: accountOf({ id: connection.id, locationId: connection.ghl_location_id }, operation.vendor),
      turnKey: `call/${call.id}`,
      // The bridge stores a call only of somebody who may make it, and one that may move money only once that was confirmed.
      permit: { by: 'person', id: call.id },
      signal: cancellation(),
      beforeSend: () => markSent(call.id),
    };
    try {
      await calls.finish(call.id, await dependencies.clients[operation.vendor].call(operation, call.input, options));
    } catch (error) {
      if (!isOnce || !(error instanceof VendorError)) throw error;
      if (error.kind === 'Unavailable') throw answerLost(operation, error);
      throw isTakenUnreadably(error) ? answerUnreadable(operation, error) : error;
    }
  }

  /** A call may have been withdrawn while it waited for its turn. */
  async function markSent(id: string): Promise<void> {
    if (!(await calls.markSent(id))) throw ApplicationFailure.nonRetryable('The call was withdrawn', 'Withdrawn');
  }

  return (operation: Operation) =>
    async ({ callId }: { callId: string }): Promise<StepResult> => {
      const call = await calls.load(callId);
      if (call?.status !== 'open') return 'done';
      try {
        await send(operation, call);
        return 'done';
      } catch (error) {
        await note(calls, call, error);
        throw error instanceof AnswerLost
          ? ApplicationFailure.nonRetryable(`${operation.id}: the answer was lost`, 'AnswerLost')
          : toFailure(error, dependencies.log);
      }
    };
}

/** The request may have been carried out, and nobody can tell. */
class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

function answerLost({ id }: Operation, cause?: VendorError): AnswerLost {
  const why = cause ? ` (${cause.message})` : '';
  return new AnswerLost(`${id}: the answer was lost${why}; it may have been done, and is not sent again: look first`);
}

/** The vendor took the request, but nobody can read what it answered. */
function isTakenUnreadably({ kind, status }: VendorError): boolean {
  return kind === 'Unexpected' && status !== undefined && status < 400;
}

function answerUnreadable({ id }: Operation, cause: VendorError): AnswerLost {
  return new AnswerLost(`${id}: it was probably done: look before you call again (${cause.message})`);
}

/** A refusal that surely left nothing behind takes the `sent` mark back; one for good closes the call. */
async function note(calls: CallsStore, { id }: Call, error: unknown): Promise<void> {
  if (error instanceof AnswerLost) return calls.fail(id, { type: 'AnswerLost', message: error.message }, true);
  if (!(error instanceof VendorError)) return;
  if (error.kind === 'RateLimited' || error.kind === 'NotConnected') await calls.clearSent(id);
  await calls.fail(id, storedError(error), isFinal(error));
}
