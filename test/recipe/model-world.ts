import type { RecordKind } from '../../rules/records.ts';
import { VendorError } from '../../vendors/operation.ts';
import type { Kind, Person, Row, World } from './world.ts';

/** A webhook as a vendor would send it, read as the bridge reads it. */
export interface ModelEvent {
  source: 'ghl' | 'referral-rock';
  event: string;
  kind: Kind;
  vendorId: string;
  parent?: { kind: RecordKind; id: string };
}

/** A write through the API, and what it changed: an empty list means that the content was there already. */
export interface ModelWrite {
  operation: string;
  changed: readonly string[];
}

interface Told {
  source: ModelEvent['source'];
  made: string;
  removed: string;
  /** The webhooks that an edit of these fields fires. */
  changed: (fields: readonly string[], row: Row) => string[];
}

/** What each vendor tells of its records. Of a task GHL tells that it was completed, and of no other edit. */
const TOLD: Readonly<Record<Kind, Told>> = {
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

const DATE = '2026-03-05T15:00:00.000Z';

/** What a vendor gives a record by itself. */
const GIVEN: Readonly<Record<Kind, Row>> = {
  contact: { tags: [], customFields: [], dateAdded: DATE },
  task: { completed: false },
  note: { dateAdded: DATE },
  opportunity: { status: 'open', pipelineId: 'pipeline', pipelineStageId: 'stage-new', createdAt: DATE },
  referral: { status: 'Pending', note: '', publicNote: '', externalIdentifier: '', createDate: DATE },
  member: { status: 'Activated', disabledFlag: false, externalIdentifier: '', createDt: DATE },
  reward: { status: 'Pending', currencyCode: 'USD', createDate: DATE },
};

/** Both vendors in memory: one location with its contacts, one program with its referrals and members. Each change fires its webhooks. */
export class ModelWorld implements World {
  readonly person: Person;
  readonly rows: Readonly<Record<Kind, Map<string, Row>>> = {
    contact: new Map(),
    task: new Map(),
    note: new Map(),
    opportunity: new Map(),
    referral: new Map(),
    member: new Map(),
    reward: new Map(),
  };
  readonly fields: Row[] = [];
  readonly unsubscribed = new Set<string>();
  readonly writes: ModelWrite[] = [];
  readonly events: ModelEvent[] = [];
  /** All that were ever made: a walk also finds that one is gone. */
  readonly everMade: ModelEvent[] = [];
  readonly #newId: (kind: string) => string;

  constructor(person: Person, newId: (kind: string) => string) {
    this.person = person;
    this.#newId = newId;
  }

  all(kind: Kind): Row[] {
    return [...this.rows[kind].values()];
  }

  of(kind: Kind, contactId: string): Row[] {
    return this.all(kind).filter((row) => row['contactId'] === contactId);
  }

  known(kind: Kind, id: string, operation = kind): Row {
    const row = this.rows[kind].get(id);
    if (!row) throw new VendorError('NotFound', operation, 'not found', { status: 404 });
    return row;
  }

  isUnsubscribed(email: string): boolean {
    return this.unsubscribed.has(email.toLowerCase());
  }

  customFields(): ReadonlyMap<string, string> {
    return new Map(this.fields.map(({ fieldKey, id }) => [String(fieldKey), String(id)]));
  }

  /** As a person edits; an operation's name: as its call does. */
  async make(kind: Kind, fields: Row, operation?: string): Promise<void> {
    this.add(kind, fields, operation);
  }

  add(kind: Kind, fields: Row, operation?: string): Row {
    const row: Row = { ...GIVEN[kind], id: this.#newId(kind), ...fields };
    this.rows[kind].set(String(row['id']), row);
    this.#wrote(operation, [kind]);
    this.everMade.push(this.#event(kind, TOLD[kind].changed(['status'], row)[0] ?? TOLD[kind].made, row));
    this.events.push(this.#event(kind, TOLD[kind].made, row));
    return row;
  }

  async change(kind: Kind, row: Row, fields: Row, operation?: string): Promise<void> {
    this.edit(kind, row, fields, operation);
  }

  edit(kind: Kind, { id }: Row, fields: Row, operation?: string): Row {
    const row = this.known(kind, String(id));
    const changed = assign(row, fields);
    this.#wrote(operation, changed);
    if (changed.length > 0)
      for (const event of TOLD[kind].changed(changed, row)) this.events.push(this.#event(kind, event, row));
    return row;
  }

  /** The call is answered as if all was well. */
  ignore(operation: string, changed: readonly string[]): void {
    this.#wrote(operation, changed);
  }

  async remove(kind: Kind, row: Row): Promise<void> {
    this.rows[kind].delete(String(row['id']));
    this.events.push(this.#event(kind, TOLD[kind].removed, row));
  }

  async tag(contact: Row, how: 'add' | 'remove', tags: readonly string[], operation?: string): Promise<void> {
    const before = (this.known('contact', String(contact['id']))['tags'] ?? []) as string[];
    const after = how === 'add' ? [...new Set([...before, ...tags])] : before.filter((tag) => !tags.includes(tag));
    this.edit('contact', contact, { tags: after }, operation);
  }

  setUnsubscribed(email: string, isOn: boolean, operation: string): void {
    const address = email.toLowerCase();
    this.#wrote(operation, this.unsubscribed.has(address) === isOn ? [] : ['unsubscribed']);
    if (isOn) this.unsubscribed.add(address);
    else this.unsubscribed.delete(address);
  }

  addField(name: string, operation: string): Row {
    const key = `contact.${name.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '_')}`;
    const field = { id: this.#newId('field'), name, fieldKey: key };
    this.fields.push(field);
    this.#wrote(operation, ['field']);
    return field;
  }

  #wrote(operation: string | undefined, changed: readonly string[]): void {
    if (operation) this.writes.push({ operation, changed });
  }

  #event(kind: Kind, event: string, row: Row): ModelEvent {
    const { source } = TOLD[kind];
    const parent = parentOf(kind, row);
    return { source, event, kind, vendorId: String(row['id']), ...(parent ? { parent } : {}) };
  }
}

function parentOf(kind: Kind, row: Row): ModelEvent['parent'] {
  if (kind === 'reward')
    return { kind: row['type'] === 'Member' ? 'member' : 'referral', id: String(row['recipientId']) };
  return row['contactId'] === undefined ? undefined : { kind: 'contact', id: String(row['contactId']) };
}

function assign(row: Row, fields: Row): string[] {
  const changed = Object.keys(fields).filter((name) => JSON.stringify(row[name]) !== JSON.stringify(fields[name]));
  Object.assign(row, fields);
  return changed;
}
