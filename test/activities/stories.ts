import { createInbox } from '../../store/inbox.ts';
import { createRelayStore } from '../../store/relay.ts';
import type { RecordKind } from '../../store/records.ts';
import { type Trigger, triggers } from '../../workflows/triggers.ts';
import { CONNECTION } from '../support/accounts.ts';
import type { Workbench } from './workbench.ts';

/** What a story works on. */
export interface Story {
  customerId: string;
  rowIds: string[];
}

/** An event of a record, as the bridge reads it. */
export interface Arrival {
  trigger: Trigger;
  vendorId: string;
  event?: string;
  kind?: RecordKind;
  parentKind?: RecordKind;
  parentId?: string;
  emailKey?: string;
  body?: object;
}

/** An event arrives and is given its customer. Answers its story: all open rows of that trigger and record. */
export async function arrive(bench: Workbench, arrival: Arrival): Promise<Story> {
  const { trigger, vendorId, event = 'Event', body = {} } = arrival;
  const kind = arrival.kind ?? triggers[trigger].record;
  await createInbox(bench.database).add({
    source: 'ghl',
    event,
    connectionId: CONNECTION,
    trigger,
    recordKind: kind,
    vendorId,
    parentKind: arrival.parentKind,
    parentId: arrival.parentId,
    emailKey: arrival.emailKey,
    body: Buffer.from(JSON.stringify(body)),
    contentType: 'application/json',
    status: 'stored',
  });
  await createRelayStore(bench.database).place();
  return storyOf(bench, trigger, kind, vendorId);
}

/** The open rows of a trigger about a record, under the customer that has it now. */
export async function storyOf(bench: Workbench, trigger: Trigger, kind: RecordKind, vendorId: string): Promise<Story> {
  const rows = await bench.database.db
    .selectFrom('inbox')
    .innerJoin('records', 'records.id', 'inbox.record_id')
    .select(['inbox.id', 'customer_id'])
    .where('records.kind', '=', kind)
    .where('records.vendor_id', '=', vendorId)
    .where('inbox.trigger', '=', trigger)
    .where('inbox.status', 'in', ['stored', 'running'])
    .orderBy('seq')
    .execute();
  const customerId = rows[0]?.customer_id;
  if (customerId === undefined) throw new Error(`Nothing is open about ${kind} ${vendorId}`);
  return { customerId, rowIds: rows.map(({ id }) => id) };
}

/** A record as the store has it, with what was last read. */
export function stored(bench: Workbench, kind: RecordKind, vendorId: string) {
  return bench.database.db
    .selectFrom('records')
    .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
    .select(['records.id', 'customer_id', 'parent_id', 'email_key', 'gone_at', 'missing_since', 'data'])
    .where('kind', '=', kind)
    .where('vendor_id', '=', vendorId)
    .executeTakeFirst();
}

interface RequestCount {
  method: string;
  path: string;
  status: number;
  count: number;
}

/** What the vendors were asked meanwhile, in order of the paths: `GET /opportunities/:id`. */
export async function requestsDuring(bench: Workbench, work: () => Promise<unknown>): Promise<string[]> {
  const counts = async () => (await bench.control('GET', 'requests'))['counts'] as RequestCount[];
  const before = new Map((await counts()).map((each) => [keyOf(each), each.count]));
  await work();
  return (await counts())
    .flatMap((each) => Array<string>(each.count - (before.get(keyOf(each)) ?? 0)).fill(nameOf(each)))
    .toSorted();
}

const keyOf = (each: RequestCount): string => `${nameOf(each)} ${each.status}`;
const nameOf = ({ method, path }: RequestCount): string => `${method} ${path}`;
