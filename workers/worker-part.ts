import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import type { Database } from '../store/database.ts';
import type { Vendor, VendorClient } from '../vendors/operation.ts';
import { startSchedules } from './schedules.ts';
import { ensureSearchAttributes, openNativeConnection, type TemporalClient, type TemporalTarget } from './temporal.ts';
import { type Role, type RunningWorkers, startWorkers } from './workers.ts';

export interface WorkerPartOptions {
  roles: readonly Role[];
  temporal: TemporalTarget;
  client: TemporalClient;
  database: Database;
  clients: Readonly<Record<Vendor, VendorClient>>;
  addressKey: Buffer;
  /** Between two looks over a connection for what no webhook told. */
  reconcileSeconds: number;
  log: Logger;
}

/** The workers of some roles, from the moment that Temporal answers. */
export interface WorkerPart {
  /** Resolves when they poll, or after `withinMs`: they start later then. */
  ready(withinMs: number): Promise<boolean>;
  /** Rejects when a worker fails. */
  failed: Promise<never>;
  close(): Promise<void>;
}

/** Connects, tries until the server answers, and starts the workers; resolves at once. */
export function startWorkerPart({
  roles,
  temporal,
  client,
  database,
  clients,
  addressKey,
  reconcileSeconds,
  log,
}: WorkerPartOptions): WorkerPart {
  const closing = new AbortController();
  const start = async (): Promise<{ workers: RunningWorkers; disconnect: () => Promise<void> }> => {
    const connection = await openNativeConnection(temporal, log, closing.signal);
    await ensureSearchAttributes(client.connection, temporal.namespace, log);
    const activities = createActivities({ database, clients, addressKey, log });
    const workers = await startWorkers({ roles, connection, namespace: temporal.namespace, activities });
    const schedules = roles.includes('workflows')
      ? startSchedules({ schedules: client.client.schedule, database, everySeconds: reconcileSeconds, log })
      : undefined;
    const disconnect = async (): Promise<void> => {
      await schedules?.close();
      await connection.close();
    };
    return { workers, disconnect };
  };
  const started = start();
  const failed = started.then(async ({ workers }): Promise<never> => {
    await workers.ended;
    return new Promise(() => undefined);
  });
  failed.catch(() => undefined);
  return {
    failed,
    ready: (withinMs) => Promise.race([started.then(() => true), sleep(withinMs, false)]),
    async close() {
      closing.abort();
      const running = await started.catch(() => undefined);
      await running?.workers.shutdown();
      await running?.disconnect();
    },
  };
}
