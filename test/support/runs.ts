import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { Ring } from '../../bridge/doorbell.ts';

export type History = temporal.api.history.v1.IHistory;

export interface RecordedRun {
  workflowId: string;
  runId: string;
  history: History;
}

/** The runs of the workflows that were rung. */
export class Runs {
  readonly #client: Client;
  readonly #rung = new Map<string, Set<string>>();
  readonly #rings = new Map<string, number>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The doorbell, with each run that it rang noted. */
  noting(ring: Ring): Ring {
    return async (customer) => {
      const { workflowId, runId } = await ring(customer);
      this.#rung.set(workflowId, (this.#rung.get(workflowId) ?? new Set()).add(runId));
      this.#rings.set(workflowId, this.rings(workflowId) + 1);
      return { workflowId, runId };
    };
  }

  /** How often a workflow has been rung: the signals are in its history. */
  rings(workflowId: string): number {
    return this.#rings.get(workflowId) ?? 0;
  }

  /** The histories of all runs, or of one workflow, with the runs that they went on as. */
  async histories(workflowId?: string): Promise<RecordedRun[]> {
    const recorded: RecordedRun[] = [];
    for (const [id, runIds] of this.#rung) {
      if (workflowId !== undefined && id !== workflowId) continue;
      for (const runId of runIds) {
        const history = await this.#handle(id, runId).fetchHistory();
        recorded.push({ workflowId: id, runId, history });
        const next = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
        if (next) runIds.add(next);
      }
    }
    return recorded;
  }

  /** Ends the workflows that still run. */
  async terminate(): Promise<void> {
    for (const workflowId of this.#rung.keys()) {
      await this.#handle(workflowId)
        .terminate('the test is over')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
  }

  #handle(workflowId: string, runId?: string): WorkflowHandle {
    return this.#client.workflow.getHandle(workflowId, runId);
  }
}

/** Every text in a history, those inside its payloads too: what a reader of Temporal's database could see. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsOf(part)]);
}
