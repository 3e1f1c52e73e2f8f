import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { BackfillInput, MatchInput } from '../workflows/support/contract.ts';
import { RING, WORKFLOW_QUEUE } from '../workflows/triggers.ts';

/** The long workflows of a connection; each rejects when Temporal does not take it. */
export interface Jobs {
  /** Starts the making of a report, unless that is under way. */
  match(connectionId: string, input: MatchInput): Promise<void>;
  /** Starts the backfill, or has the one that is under way look at the store. */
  backfill(connectionId: string): Promise<void>;
}

const START_WITHIN_MS = 5_000;
const TRIES = 10;
const CONNECTION = defineSearchAttributeKey('RockbridgeConnection', 'KEYWORD');

/** The ids under which the workflows of a connection are found in Temporal. */
export const jobIds = {
  match: (connectionId: string): string => `match/${connectionId}`,
  backfill: (connectionId: string): string => `backfill/${connectionId}`,
};

/** The jobs at Temporal, one workflow of a kind for each connection. */
export function createJobs(client: Client): Jobs {
  const options = (connectionId: string) => ({
    taskQueue: WORKFLOW_QUEUE,
    typedSearchAttributes: new TypedSearchAttributes([{ key: CONNECTION, value: connectionId }]),
  });
  return {
    async match(connectionId, input) {
      for (let tries = 1; ; tries++) {
        try {
          await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
            client.workflow.start('match', {
              ...options(connectionId),
              workflowId: jobIds.match(connectionId),
              args: [input],
            }),
          );
          return;
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          // The one before may be about to end; one that makes this very report does so for longer.
          if (tries === TRIES) return;
          await sleep(100);
        }
      }
    },
    async backfill(connectionId) {
      const input: BackfillInput = { connectionId };
      await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
        client.workflow.signalWithStart('backfill', {
          ...options(connectionId),
          workflowId: jobIds.backfill(connectionId),
          args: [input],
          signal: RING,
        }),
      );
    },
  };
}
