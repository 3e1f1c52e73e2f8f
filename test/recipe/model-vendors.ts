import assert from 'node:assert/strict';
import {
  type CallOptions,
  type Operation,
  type Permit,
  type Vendor,
  type VendorClient,
  VendorError,
} from '../../vendors/operation.ts';
import type { ModelWorld } from './model-world.ts';
import type { Row } from './world.ts';

/** The process died: what it was at is left as it is, and another run takes it up. */
export class Crash extends Error {}

/** What becomes of the next write: lost before or after the work, refused for now, or the process dies right before or after the work. */
export const MISHAPS = ['cut-before', 'cut-after', 'rate-limited', 'dies-before', 'dies-after'] as const;
export type Mishap = (typeof MISHAPS)[number];

const SET_STATUS = 'referral-rock.referral.set-status';

/** The vendors' APIs over the model: requests come through the operation records, whose schemas check input and answer. */
export class ModelVendors {
  readonly world: ModelWorld;
  /** Taken by the next write through the API. */
  mishap: Mishap | undefined;
  /** Runs once, right before the next write through the API is worked on: a person is quicker. */
  meanwhile: (() => Promise<void>) | undefined;
  /** The process that asked is dead; set back by whoever starts another. */
  died = false;
  /** The connection only watches: nothing may be written. */
  watches = false;
  /** A field of a referral that Referral Rock does not take, and says nothing of it. */
  refuses: string | undefined;
  /** Who let each operation pass that may move money, and what was asked. */
  readonly paid: { permit: Permit | undefined; asked: string }[] = [];
  /** Mishaps that came to pass. */
  readonly struck: string[] = [];

  constructor(world: ModelWorld) {
    this.world = world;
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
    const { mishap, meanwhile } = this;
    this.mishap = undefined;
    if (mishap) this.struck.push(mishap);
    if (mishap === 'rate-limited')
      throw new VendorError('RateLimited', operation.id, 'Too Many Requests', { status: 429, retryAfterMs: 1 });
    await options.beforeSend?.();
    this.meanwhile = undefined;
    if (meanwhile) this.struck.push('meanwhile');
    await meanwhile?.();
    if (mishap === 'dies-before') this.#die();
    if (mishap === 'cut-before') throw new VendorError('Unavailable', operation.id, 'cut');
    const writes = this.world.writes.length;
    const answer = await this.#work(operation, input, options);
    if (this.watches) this.world.writes.push({ operation: `${operation.id} while it only watches`, changed: [] });
    // Of an edit between our read and our write nobody can know whether it says the same.
    if (meanwhile && this.world.writes[writes]?.changed.length === 0) this.world.writes.splice(writes, 1);
    if (mishap === 'dies-after') this.#die();
    if (mishap === 'cut-after') throw new VendorError('Unavailable', operation.id, 'cut');
    return answer;
  }

  #die(): never {
    this.died = true;
    throw new Crash();
  }

  async #work({ id, effect }: Operation, input: Row, { permit }: CallOptions): Promise<unknown> {
    if (effect !== 'money') return this.#write(id, input);
    assert.equal(id, SET_STATUS, 'nothing else that moves money is in the rules');
    const { query, referral } = input as { query: { primaryInfo: { referralId: string } }; referral: Row };
    this.paid.push({ permit, asked: `${query.primaryInfo.referralId} ${String(referral['status']).toLowerCase()}` });
    return this.#updated('referral', query.primaryInfo.referralId, referral, id);
  }

  #read(operation: string, input: Row): unknown {
    const { world } = this;
    const contactId = String(input['contactId']);
    switch (operation) {
      case 'ghl.contact.get':
        return { contact: world.known('contact', contactId) };
      case 'ghl.contact.find-duplicate':
        return { contact: this.#duplicateOf(input) ?? null };
      case 'ghl.task.get':
        return { task: world.known('task', String(input['taskId'])) };
      case 'ghl.task.list':
        return { tasks: world.of('task', contactId) };
      case 'ghl.note.get':
        return { note: world.known('note', String(input['noteId'])) };
      case 'ghl.note.list':
        return { notes: world.of('note', contactId) };
      case 'ghl.opportunity.get':
        return { opportunity: world.known('opportunity', String(input['opportunityId'])) };
      case 'ghl.pipeline.list': {
        const stages = ['new', 'qualified'].map((name) => ({ id: `stage-${name}`, name }));
        return { pipelines: [{ id: 'pipeline', name: 'Sales', stages }] };
      }
      case 'ghl.custom-field.list':
        return { customFields: world.fields };
      case 'ghl.user.list':
      case 'ghl.user.search':
        return { users: [] };
      case 'referral-rock.referral.get':
        return world.known('referral', String(input['referralId']));
      case 'referral-rock.member.list':
        return { members: this.#membersOf(String(input['query'])), offset: 0, total: 0, message: '' };
      case 'referral-rock.reward.list':
        return {
          rewards: world.all('reward').filter(({ recipientId }) => recipientId === input['query']),
          offset: 0,
          total: 0,
          message: '',
        };
      case 'referral-rock.email.get-unsubscribed':
        return { email: input['email'], unsubscribed: world.isUnsubscribed(String(input['email'])) };
      default:
        return assert.fail(`the model has no ${operation}`);
    }
  }

  async #write(operation: string, input: Row): Promise<unknown> {
    const { world } = this;
    const { contactId, locationId: _, taskId, ...fields } = input;
    const owned = { contactId, ...fields };
    switch (operation) {
      case 'ghl.contact.create':
        assert.equal(this.#duplicateOf(fields), undefined, 'a second contact of one person');
        return { contact: world.add('contact', withCustomFields({}, fields), operation) };
      case 'ghl.contact.update': {
        const contact = world.known('contact', String(contactId));
        return {
          succeded: true,
          contact: world.edit('contact', contact, withCustomFields(contact, fields), operation),
        };
      }
      case 'ghl.contact.add-tags':
      case 'ghl.contact.remove-tags': {
        const contact = world.known('contact', String(contactId));
        const how = operation.endsWith('add-tags') ? 'add' : 'remove';
        await world.tag(contact, how, fields['tags'] as string[], operation);
        return { tags: contact['tags'] };
      }
      case 'ghl.task.create':
        return { task: world.add('task', owned, operation) };
      case 'ghl.task.update':
      case 'ghl.task.complete':
        return { task: world.edit('task', world.known('task', String(taskId)), fields, operation) };
      case 'ghl.note.create':
        return { note: world.add('note', owned, operation) };
      case 'ghl.custom-field.create':
        return { customField: world.addField(String(fields['name']), operation) };
      case 'referral-rock.referral.update': {
        const { query, referral } = input as { query: { primaryInfo: { referralId: string } }; referral: Row };
        return this.#updated('referral', query.primaryInfo.referralId, referral, operation);
      }
      case 'referral-rock.member.update': {
        const { query, member } = input as { query: { primaryInfo: { memberId: string } }; member: Row };
        return this.#updated('member', query.primaryInfo.memberId, member, operation);
      }
      case 'referral-rock.member.create': {
        assert.deepEqual(this.#membersOf(String(fields['email'])), [], 'a second member of one person');
        const code = {
          referralCode: 'CODE',
          referralUrl: 'https://example.com/CODE',
          referrals: 0,
          referralsApproved: 0,
        };
        return { member: world.add('member', { ...code, rewardsIssuedAmount: 0, ...fields }, operation), message: '' };
      }
      case 'referral-rock.email.unsubscribe':
      case 'referral-rock.email.resubscribe':
        world.setUnsubscribed(String(input['email']), operation.endsWith('unsubscribe'), operation);
        return { message: 'Success' };
      default:
        return assert.fail(`the model has no ${operation}`);
    }
  }

  #updated(kind: 'referral' | 'member', id: string, fields: Row, operation: string): unknown {
    const before = this.world.known(kind, id);
    const taken = kind === 'referral' ? Object.entries(fields).filter(([name]) => name !== this.refuses) : null;
    const resultInfo = { status: 'Succeeded', message: '' };
    if (taken && taken.length === 0) {
      this.struck.push('refused');
      this.world.ignore(operation, Object.keys(fields));
      return { [kind]: before, resultInfo };
    }
    if (taken && taken.length < Object.keys(fields).length) this.struck.push('refused');
    return { [kind]: this.world.edit(kind, before, taken ? Object.fromEntries(taken) : fields, operation), resultInfo };
  }

  #membersOf(query: string): Row[] {
    return this.world
      .all('member')
      .filter(({ id, email, externalIdentifier }) =>
        [id, String(email).toLowerCase(), externalIdentifier].includes(
          query.includes('@') ? query.toLowerCase() : query,
        ),
      );
  }

  #duplicateOf(person: Row): Row | undefined {
    const lower = (value: unknown): string => String(value ?? '').toLowerCase();
    const email = lower(person['email']);
    const phone = String(person['number'] ?? person['phone'] ?? '');
    return this.world
      .all('contact')
      .find((one) => (email !== '' && lower(one['email']) === email) || (phone !== '' && one['phone'] === phone));
  }
}

/** GHL takes custom fields one by one, and lists them under `value`. */
function withCustomFields(contact: Row, { customFields, ...fields }: Row): Row {
  if (customFields === undefined) return fields;
  const given = customFields as { id: string; field_value: unknown }[];
  const standing = ((contact['customFields'] ?? []) as Row[]).filter(({ id }) => !given.some((one) => one.id === id));
  return { ...fields, customFields: [...standing, ...given.map(({ id, field_value: value }) => ({ id, value }))] };
}
