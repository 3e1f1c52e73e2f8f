import assert from 'node:assert/strict';
import type { Data } from '../../rules/state.ts';
import {
  type CallOptions,
  type Operation,
  type Vendor,
  type VendorClient,
  VendorError,
} from '../../vendors/operation.ts';

/** A webhook as a vendor would send it, read as the bridge reads it. */
export interface ModelEvent {
  source: 'ghl' | 'referral-rock';
  event: string;
  kind: 'contact' | 'task' | 'note' | 'referral';
  vendorId: string;
  contactId?: string;
}

/** A write through the API, and what it changed: an empty list means that the content was there already. */
export interface ModelWrite {
  operation: string;
  changed: readonly string[];
}

/** The process died: what it was at is left as it is, and another run takes it up. */
export class Crash extends Error {}

/** What becomes of the next write: lost before or after the work, refused for now, or the process dies right before or after the work. */
export const MISHAPS = ['cut-before', 'cut-after', 'rate-limited', 'dies-before', 'dies-after'] as const;
export type Mishap = (typeof MISHAPS)[number];

type Row = Record<string, unknown>;

/**
 * Both vendors in memory: one location with its contacts, tasks and notes, one program with its referrals. Requests come through the
 * operation records, whose schemas check input and answer; each change fires the webhooks that the vendor would send.
 */
export class ModelVendors {
  readonly contacts = new Map<string, Row>();
  readonly tasks = new Map<string, Row>();
  readonly notes = new Map<string, Row>();
  readonly referrals = new Map<string, Row>();
  readonly unsubscribed = new Set<string>();
  readonly writes: ModelWrite[] = [];
  readonly events: ModelEvent[] = [];
  /** The ids of all tasks and notes that were ever made: a walk also finds that one is gone. */
  readonly everMade: { task: string[]; note: string[] } = { task: [], note: [] };
  /** Taken by the next write through the API. */
  mishap: Mishap | undefined;
  /** The process that asked is dead; set back by whoever starts another. */
  died = false;
  /** Runs once, right before the next write through the API is worked on: a person is quicker. */
  meanwhile: (() => void) | undefined;
  readonly #ids: (kind: string) => string;

  constructor(ids: (kind: string) => string) {
    this.#ids = ids;
  }

  readonly clients: Readonly<Record<Vendor, VendorClient>> = { ghl: this.#client(), 'referral-rock': this.#client() };

  #client(): VendorClient {
    return {
      call: async (operation, input, options) => {
        const record = operation as Operation;
        const parsed = record.input.safeParse(input);
        assert.ok(parsed.success, `${record.id}: ${parsed.error?.message}`);
        return operation.output.parse(await this.#answer(record, parsed.data as Row, options));
      },
      preview: () => assert.fail('nothing is previewed here'),
    };
  }

  async #answer(operation: Operation, input: Row, options: CallOptions): Promise<unknown> {
    if (operation.effect === 'read') return this.#read(operation.id, input);
    const mishap = this.mishap;
    this.mishap = undefined;
    if (mishap === 'rate-limited')
      throw new VendorError('RateLimited', operation.id, 'Too Many Requests', { status: 429, retryAfterMs: 1 });
    await options.beforeSend?.();
    const { meanwhile } = this;
    this.meanwhile = undefined;
    meanwhile?.();
    if (mishap === 'dies-before') this.#die();
    if (mishap === 'cut-before') throw new VendorError('Unavailable', operation.id, 'cut');
    const answer = this.#write(operation.id, input);
    // Of an edit between our read and our write nobody can know whether it says the same.
    if (meanwhile && this.writes.at(-1)?.changed.length === 0) this.writes.pop();
    if (mishap === 'dies-after') this.#die();
    if (mishap === 'cut-after') throw new VendorError('Unavailable', operation.id, 'cut');
    return answer;
  }

  #die(): never {
    this.died = true;
    throw new Crash();
  }

  #read(operation: string, input: Row): unknown {
    const contactId = String(input['contactId']);
    switch (operation) {
      case 'ghl.contact.get':
        return { contact: this.#known(operation, this.contacts, contactId) };
      case 'ghl.contact.find-duplicate':
        return { contact: this.#duplicateOf(input) ?? null };
      case 'ghl.task.get':
        return { task: this.#known(operation, this.tasks, String(input['taskId'])) };
      case 'ghl.task.list':
        return { tasks: this.#of(this.tasks, contactId) };
      case 'ghl.note.get':
        return { note: this.#known(operation, this.notes, String(input['noteId'])) };
      case 'ghl.note.list':
        return { notes: this.#of(this.notes, contactId) };
      case 'ghl.custom-field.list':
        return { customFields: [] };
      case 'ghl.user.list':
      case 'ghl.user.search':
        return { users: [] };
      case 'referral-rock.referral.get':
        return this.#known(operation, this.referrals, String(input['referralId']));
      case 'referral-rock.member.list':
        return { members: [], offset: 0, total: 0, message: '' };
      case 'referral-rock.email.get-unsubscribed':
        return { email: input['email'], unsubscribed: this.unsubscribed.has(lower(input['email'])) };
      default:
        return assert.fail(`the model has no ${operation}`);
    }
  }

  #write(operation: string, input: Row): unknown {
    const { contactId, locationId: _, ...fields } = input;
    const id = String(contactId);
    switch (operation) {
      case 'ghl.contact.create': {
        assert.equal(this.#duplicateOf(fields), undefined, 'a second contact of one person');
        const contact = { id: this.#ids('contact'), tags: [], dateAdded: '2026-03-02T00:00:00.000Z', ...fields };
        this.contacts.set(contact.id, contact);
        this.#wrote(operation, ['contact'], 'ContactCreate', 'contact', contact.id);
        return { contact };
      }
      case 'ghl.contact.update':
        return { succeded: true, contact: this.changeContact(id, fields, operation) };
      case 'ghl.contact.add-tags':
      case 'ghl.contact.remove-tags':
        return {
          tags: this.changeTags(
            id,
            operation.endsWith('add-tags') ? 'add' : 'remove',
            fields['tags'] as string[],
            operation,
          ),
        };
      case 'ghl.task.create':
        return { task: this.createTask(id, fields, operation) };
      case 'ghl.task.update':
      case 'ghl.task.complete':
        return { task: this.changeTask(String(input['taskId']), without(fields, 'taskId'), operation) };
      case 'ghl.note.create':
        return { note: this.createNote(id, fields, operation) };
      case 'referral-rock.referral.update': {
        const { query, referral } = input as { query: { primaryInfo: { referralId: string } }; referral: Row };
        const changed = this.changeReferral(query.primaryInfo.referralId, referral, operation);
        return { referral: changed, resultInfo: { status: 'Succeeded', message: '' } };
      }
      case 'referral-rock.email.unsubscribe':
      case 'referral-rock.email.resubscribe': {
        const address = lower(input['email']);
        const isOn = operation.endsWith('unsubscribe');
        this.writes.push({ operation, changed: this.unsubscribed.has(address) === isOn ? [] : ['unsubscribed'] });
        if (isOn) this.unsubscribed.add(address);
        else this.unsubscribed.delete(address);
        return { message: 'Success' };
      }
      default:
        return assert.fail(`the model has no ${operation}`);
    }
  }

  changeContact(contactId: string, fields: Row, operation?: string): Row {
    const contact = this.#known('ghl.contact.update', this.contacts, contactId);
    const changed = assign(contact, fields);
    const event = changed.includes('dndSettings') ? 'ContactDndUpdate' : 'ContactUpdate';
    this.#wrote(operation, changed, event, 'contact', contactId);
    return contact;
  }

  changeTags(contactId: string, how: 'add' | 'remove', tags: readonly string[], operation?: string): string[] {
    const contact = this.#known('ghl.contact.update', this.contacts, contactId);
    const before = contact['tags'] as string[];
    const after = how === 'add' ? [...new Set([...before, ...tags])] : before.filter((tag) => !tags.includes(tag));
    contact['tags'] = after;
    this.#wrote(operation, before.length === after.length ? [] : ['tags'], 'ContactTagUpdate', 'contact', contactId);
    return after;
  }

  createTask(contactId: string, fields: Row, operation?: string): Row {
    const task: Row = { id: this.#ids('task'), contactId, completed: false, ...fields };
    this.tasks.set(String(task['id']), task);
    this.everMade.task.push(String(task['id']));
    this.#wrote(operation, ['task'], 'TaskCreate', 'task', String(task['id']), contactId);
    return task;
  }

  /** GHL tells of a task that was completed, of no other edit. */
  changeTask(taskId: string, fields: Row, operation?: string): Row {
    const task = this.#known('ghl.task.update', this.tasks, taskId);
    const changed = assign(task, fields);
    const event = changed.includes('completed') && task['completed'] === true ? 'TaskComplete' : undefined;
    this.#wrote(operation, changed, event, 'task', taskId, String(task['contactId']));
    return task;
  }

  deleteTask(taskId: string): void {
    const task = this.tasks.get(taskId);
    this.tasks.delete(taskId);
    this.#wrote(undefined, ['task'], 'TaskDelete', 'task', taskId, String(task?.['contactId']));
  }

  createNote(contactId: string, fields: Row, operation?: string): Row {
    const note: Row = { id: this.#ids('note'), contactId, dateAdded: '2026-03-05T15:00:00.000Z', ...fields };
    this.notes.set(String(note['id']), note);
    this.everMade.note.push(String(note['id']));
    this.#wrote(operation, ['note'], 'NoteCreate', 'note', String(note['id']), contactId);
    return note;
  }

  changeNote(noteId: string, fields: Row): void {
    const note = this.#known('ghl.note.update', this.notes, noteId);
    this.#wrote(undefined, assign(note, fields), 'NoteUpdate', 'note', noteId, String(note['contactId']));
  }

  deleteNote(noteId: string): void {
    const note = this.notes.get(noteId);
    this.notes.delete(noteId);
    this.#wrote(undefined, ['note'], 'NoteDelete', 'note', noteId, String(note?.['contactId']));
  }

  changeReferral(referralId: string, fields: Row, operation?: string): Row {
    const referral = this.#known('referral-rock.referral.update', this.referrals, referralId);
    const changed = assign(referral, fields);
    this.#wrote(operation, changed, 'ReferralUpdate', 'referral', referralId);
    if (changed.includes('status')) this.#emit('ReferralStatusChange', 'referral', referralId);
    return referral;
  }

  #wrote(
    operation: string | undefined,
    changed: readonly string[],
    event: string | undefined,
    kind: ModelEvent['kind'],
    vendorId: string,
    contactId?: string,
  ): void {
    if (operation) this.writes.push({ operation, changed });
    if (changed.length > 0 && event) this.#emit(event, kind, vendorId, contactId);
  }

  #emit(event: string, kind: ModelEvent['kind'], vendorId: string, contactId?: string): void {
    const source = kind === 'referral' ? 'referral-rock' : 'ghl';
    this.events.push({ source, event, kind, vendorId, ...(contactId === undefined ? {} : { contactId }) });
  }

  #known(operation: string, rows: ReadonlyMap<string, Row>, id: string): Row {
    const row = rows.get(id);
    if (!row) throw new VendorError('NotFound', operation, 'not found', { status: 404 });
    return row;
  }

  #of(rows: ReadonlyMap<string, Row>, contactId: string): Row[] {
    return [...rows.values()].filter((row) => row['contactId'] === contactId);
  }

  #duplicateOf(person: Data): Row | undefined {
    const contacts = [...this.contacts.values()];
    const email = lower(person['email']);
    const phone = String(person['number'] ?? person['phone'] ?? '');
    return contacts.find(
      (one) => (email !== '' && lower(one['email']) === email) || (phone !== '' && one['phone'] === phone),
    );
  }
}

function assign(row: Row, fields: Row): string[] {
  const changed = Object.keys(fields).filter((name) => JSON.stringify(row[name]) !== JSON.stringify(fields[name]));
  Object.assign(row, fields);
  return changed;
}

function without(fields: Row, name: string): Row {
  const { [name]: _, ...rest } = fields;
  return rest;
}

function lower(value: unknown): string {
  return String(value ?? '').toLowerCase();
}
