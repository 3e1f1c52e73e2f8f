import assert from 'node:assert/strict';
import type { RecordKind } from '../../rules/records.ts';
import type { Database } from '../../store/database.ts';
import { createInbox } from '../../store/inbox.ts';
import { triggerOf } from '../../workflows/triggers.ts';
import type { Kind, Row } from './world.ts';

/** A webhook as a vendor would send it, read as the bridge reads it. */
export interface ModelEvent {
  source: 'ghl' | 'referral-rock';
  event: string;
  kind: Kind;
  vendorId: string;
  parent?: { kind: RecordKind; id: string };
}

interface Told {
  source: ModelEvent['source'];
  made: string;
  removed: string;
  /** The webhooks that an edit of these fields fires. */
  changed: (fields: readonly string[], row: Row) => string[];
}

/** What each vendor tells of its records. Of a task GHL tells that it was completed, and of no other edit. */
export const TOLD: Readonly<Record<Kind, Told>> = {
  contact: {
    source: 'ghl',
    made: 'ContactCreate',
    removed: 'ContactDelete',
    changed: (fields) => [
      ...(fields.includes('tags') ? ['ContactTagUpdate'] : []),
      ...(fields.includes('dndSettings') ? ['ContactDndUpdate'] : []),
      ...(fields.some((field) => field !== 'tags' && field !== 'dndSettings') ? ['ContactUpdate'] : []),
    ],
  },
  task: {
    source: 'ghl',
    made: 'TaskCreate',
    removed: 'TaskDelete',
    changed: (fields, row) => (fields.includes('completed') && row['completed'] === true ? ['TaskComplete'] : []),
  },
  note: { source: 'ghl', made: 'NoteCreate', removed: 'NoteDelete', changed: () => ['NoteUpdate'] },
  opportunity: {
    source: 'ghl',
    made: 'OpportunityCreate',
    removed: 'OpportunityDelete',
    changed: (fields) => [fields.includes('status') ? 'OpportunityStatusUpdate' : 'OpportunityStageUpdate'],
  },
  referral: {
    source: 'referral-rock',
    made: 'ReferralAdd',
    removed: 'ReferralDelete',
    changed: (fields) => ['ReferralUpdate', ...(fields.includes('status') ? ['ReferralStatusChange'] : [])],
  },
  member: { source: 'referral-rock', made: 'MemberAdd', removed: 'MemberDelete', changed: () => ['MemberUpdate'] },
  reward: {
    source: 'referral-rock',
    made: 'RewardAdd',
    removed: 'RewardDelete',
    changed: (_, row) => ['RewardUpdate', ...(row['status'] === 'Issued' ? ['RewardIssue'] : [])],
  },
};

export function eventOf(kind: Kind, event: string, row: Row): ModelEvent {
  const { source } = TOLD[kind];
  const parent = parentOf(kind, row);
  return { source, event, kind, vendorId: String(row['id']), ...(parent ? { parent } : {}) };
}

/** What a walk enters for a record that it finds, or finds gone. */
export function foundEvent(kind: Kind, row: Row): ModelEvent {
  return eventOf(kind, TOLD[kind].changed(['status'], row)[0] ?? TOLD[kind].made, row);
}

function parentOf(kind: Kind, row: Row): ModelEvent['parent'] {
  if (kind === 'reward')
    return { kind: row['type'] === 'Member' ? 'member' : 'referral', id: String(row['recipientId']) };
  return row['contactId'] === undefined ? undefined : { kind: 'contact', id: String(row['contactId']) };
}

/** An event arrives: stored, not yet placed. */
export async function enter(
  database: Database,
  connectionId: string,
  { source, event, kind, vendorId, parent }: ModelEvent,
): Promise<void> {
  await createInbox(database).add({
    source,
    event,
    connectionId,
    trigger: triggerOf(source, event),
    recordKind: kind,
    vendorId,
    ...(parent ? { parentKind: parent.kind, parentId: parent.id } : {}),
    body: Buffer.from('{}'),
    contentType: 'application/json',
    status: 'stored',
  });
}

const MAX_LAPS = 6;

/** Laps until one leads to no write: what a walk finds comes in like any event. */
export async function walk(lap: () => Promise<void>, writes: () => number | Promise<number>): Promise<void> {
  for (let n = 1; ; n++) {
    assert.ok(n <= MAX_LAPS, 'the walk never finds everything in step');
    const before = await writes();
    await lap();
    if (n > 1 && (await writes()) === before) return;
  }
}
