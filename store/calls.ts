import { hkdfSync } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { Database } from './database.ts';
import type { Calls, StoredError } from './schema.ts';
import { seal, unseal } from './seal.ts';

/** One operation that somebody called by hand. */
export interface Call {
  id: string;
  connectionId: string;
  operation: string;
  input: unknown;
  status: 'open' | 'done' | 'failed';
  /** What the vendor answered, once the call is done. */
  answer: unknown;
  /** The last refusal; of a call that is still open, too. */
  error: StoredError | null;
  /** When a request left that must not leave again. */
  sentAt: Date | null;
  workflowId: string | null;
  runId: string | null;
}

export interface CallsStore {
  /** Keeps what is to be called; answers the call's id. */
  add(call: Pick<Call, 'connectionId' | 'operation' | 'input'>): Promise<string>;
  load(id: string): Promise<Call | undefined>;
  /** Keeps where it runs. */
  place(id: string, at: { workflowId: string; runId: string }): Promise<void>;
  /** Marks that its request leaves now; false: the call is closed, it must not leave. */
  markSent(id: string): Promise<boolean>;
  clearSent(id: string): Promise<void>;
  finish(id: string, answer: unknown): Promise<void>;
  /** Keeps a refusal; `isFinal` closes the call as failed. A call that is closed stays as it is. */
  fail(id: string, error: StoredError, isFinal: boolean): Promise<void>;
  /** Closes a call that nobody works on any more as failed, by its last refusal or else by `error`. */
  giveUp(id: string, error: StoredError): Promise<void>;
  /** Closes a call as failed by `error` if its request has not left; false: it has. */
  withdraw(id: string, error: StoredError): Promise<boolean>;
}

/** The calls in the store; what they hold is sealed under a key made from `addressKey`. */
export function createCallsStore({ db }: Pick<Database, 'db'>, addressKey: Buffer): CallsStore {
  const key = Buffer.from(hkdfSync('sha256', addressKey, '', 'rockbridge calls', 32));
  const sealed = (id: string, value: unknown): Buffer => seal(JSON.stringify(value ?? null), key, `call/${id}`);
  const opened = (id: string, bytes: Uint8Array): unknown => JSON.parse(unseal(bytes, key, `call/${id}`));
  const openRow = (id: string) => db.updateTable('calls').where('id', '=', id).where('status', '=', 'open');
  const toCall = (row: Selectable<Calls>): Call => ({
    id: row.id,
    connectionId: row.connection_id,
    operation: row.operation,
    input: opened(row.id, row.input),
    status: row.status,
    answer: row.answer === null ? undefined : opened(row.id, row.answer),
    error: row.error === null ? null : (opened(row.id, row.error) as StoredError),
    sentAt: row.sent_at,
    workflowId: row.workflow_id,
    runId: row.run_id,
  });

  return {
    async add({ connectionId, operation, input }) {
      const id = uuid();
      const row = { id, connection_id: connectionId, operation, input: sealed(id, input), status: 'open' as const };
      await db.insertInto('calls').values(row).execute();
      return id;
    },
    async load(id) {
      const row = await db.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toCall(row);
    },
    async place(id, { workflowId, runId }) {
      await db.updateTable('calls').set({ workflow_id: workflowId, run_id: runId }).where('id', '=', id).execute();
    },
    async markSent(id) {
      const { numUpdatedRows } = await openRow(id)
        .set({ sent_at: sql<Date>`now()` })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async clearSent(id) {
      await openRow(id).set({ sent_at: null }).execute();
    },
    async finish(id, answer) {
      const closed = { status: 'done' as const, error: null, closed_at: sql<Date>`now()` };
      await openRow(id)
        .set({ ...closed, answer: sealed(id, answer) })
        .execute();
    },
    async fail(id, error, isFinal) {
      const closed = isFinal ? { status: 'failed' as const, closed_at: sql<Date>`now()` } : {};
      await openRow(id)
        .set({ ...closed, error: sealed(id, error) })
        .execute();
    },
    async withdraw(id, error) {
      const { numUpdatedRows } = await openRow(id)
        .where('sent_at', 'is', null)
        .set({ status: 'failed', error: sealed(id, error), closed_at: sql<Date>`now()` })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async giveUp(id, error) {
      const last = sql<Buffer>`coalesce(error, ${sealed(id, error)})`;
      await openRow(id)
        .set({ status: 'failed', error: last, closed_at: sql<Date>`now()` })
        .execute();
    },
  };
}
