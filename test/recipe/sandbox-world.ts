import assert from 'node:assert/strict';
import { memberView } from '../../sandbox/referral-rock/views.ts';
import { addNote, addOpportunity, addTask, find, refer, somebody } from '../support/people.ts';
import type { RunningRockbridge } from '../support/rockbridge.ts';
import { foundEvent, type ModelEvent } from './events.ts';
import type { Kind, Person, Row, World } from './world.ts';

const KINDS: readonly Kind[] = ['contact', 'task', 'note', 'opportunity', 'referral', 'member', 'reward'];

/** Where an edit of each of GHL's kinds is made. */
const PATHS: Readonly<Partial<Record<Kind, (row: Row) => string>>> = {
  contact: ({ id }) => `/contacts/${String(id)}`,
  task: ({ contactId, id }) => `/contacts/${String(contactId)}/tasks/${String(id)}`,
  note: ({ contactId, id }) => `/contacts/${String(contactId)}/notes/${String(id)}`,
  opportunity: ({ id }) => `/opportunities/${String(id)}`,
};

/** A pipeline with the stages that the edits name, several deals of one contact, and no rewards but those that people make. */
export function furnish({ sandbox: { ghl, referralRock, info } }: RunningRockbridge): void {
  const stages = ['new', 'qualified'].map((name, position) => ({
    id: `stage-${name}`,
    name,
    position,
    showInFunnel: true,
    showInPieChart: true,
  }));
  const { locationId } = info.ghl;
  const shown = { showInFunnel: true, showInPieChart: true };
  ghl.pipelines.put({ id: 'pipeline', name: 'Stories', stages, locationId, ...shown });
  const location = ghl.locations.get(locationId);
  if (location) ghl.locations.put({ ...location, settings: { ...location.settings, allowDuplicateOpportunity: true } });
  for (const rule of referralRock.rewardRules.all()) referralRock.rewardRules.put({ ...rule, isEnabled: false });
}

/** One person in the sandbox, as people have them before them in the vendors' own pages. */
export class SandboxWorld implements World {
  readonly person: Person;
  readonly #rockbridge: RunningRockbridge;
  /** Every record that was seen, also those that are gone: a walk finds that, too. */
  readonly #seen = new Map<string, ModelEvent>();
  /** Edits that were begun. */
  edits = 0;

  constructor(rockbridge: RunningRockbridge, person: Person) {
    this.#rockbridge = rockbridge;
    this.person = person;
  }

  all(kind: Kind): Row[] {
    const rows = this.#rows(kind);
    for (const row of rows) this.#seen.set(String(row['id']), foundEvent(kind, row));
    return rows;
  }

  everSeen(): ModelEvent[] {
    for (const kind of KINDS) this.all(kind);
    return [...this.#seen.values()];
  }

  isUnsubscribed(email: string): boolean {
    return this.#rockbridge.sandbox.referralRock.unsubscribed.get(email.toLowerCase()) !== undefined;
  }

  customFields(): ReadonlyMap<string, string> {
    return new Map(this.#rockbridge.sandbox.ghl.customFields.all().map(({ fieldKey, id }) => [fieldKey, id]));
  }

  async make(kind: 'task' | 'note' | 'opportunity' | 'reward', fields: Row): Promise<void> {
    this.edits += 1;
    const { contactId, ...rest } = fields;
    const contact = String(contactId);
    if (kind === 'task') await addTask(this.#rockbridge, contact, rest);
    if (kind === 'note') await addNote(this.#rockbridge, contact, String(rest['body']));
    if (kind === 'opportunity')
      await addOpportunity(this.#rockbridge, contact, {
        pipelineId: 'pipeline',
        pipelineStageId: 'stage-new',
        ...rest,
      });
    if (kind === 'reward') await this.#reward(rest);
  }

  async change(kind: Kind, row: Row, fields: Row): Promise<void> {
    this.edits += 1;
    const path = PATHS[kind]?.(row);
    if (path) await this.#ghl('PUT', path, fields);
    else if (kind === 'reward') await this.#issue(row);
    else if (kind === 'member' && 'referrals' in fields) await this.#referBy(row, Number(fields['referrals']));
    else await this.#update(kind, row, fields);
  }

  async remove(kind: Kind, row: Row): Promise<void> {
    this.edits += 1;
    await this.#ghl('DELETE', PATHS[kind]?.(row) ?? '');
  }

  async tag({ id }: Row, how: 'add' | 'remove', tags: readonly string[]): Promise<void> {
    this.edits += 1;
    await this.#ghl(how === 'add' ? 'POST' : 'DELETE', `/contacts/${String(id)}/tags`, { tags });
  }

  #rows(kind: Kind): Row[] {
    const { ghl, referralRock } = this.#rockbridge.sandbox;
    const { contacts, tasks, notes, members, referrals } = find(this.#rockbridge, this.person);
    switch (kind) {
      case 'contact':
        return contacts;
      case 'task':
        return tasks;
      case 'note':
        return notes;
      case 'opportunity':
        return contacts.flatMap(({ id }) => ghl.opportunities.by('contactId', id));
      case 'referral':
        return referrals;
      case 'member':
        return members.map((member) => memberView({ state: referralRock }, member));
      case 'reward':
        return referrals
          .flatMap(({ id }) => referralRock.rewards.by('referralId', id))
          .map((reward) => ({ ...reward, recipientId: reward.referralId }));
    }
  }

  async #ghl(method: string, path: string, body?: Row): Promise<void> {
    const answer = await this.#rockbridge.asUser('ghl', method, path, body);
    assert.ok(!('statusCode' in answer), `${method} ${path}: ${JSON.stringify(answer)}`);
  }

  async #update(kind: Kind, { id }: Row, fields: Row): Promise<void> {
    const path = kind === 'member' ? '/api/members/update' : '/api/referral/update';
    const item = { query: { primaryInfo: { [`${kind}Id`]: id } }, [kind]: fields };
    const why = await this.#rock(path, [item]);
    // What was approved stays so.
    assert.ok(why === '' || 'status' in fields, why);
  }

  async #reward({ referralId, amount, description }: Row): Promise<void> {
    const payoutId = this.#rockbridge.sandbox.referralRock.payouts.all()[0]?.id;
    const newReward = { payoutId, amount, description };
    const item = { referralQuery: { primaryInfo: { referralId } }, newReward };
    assert.equal(await this.#rock('/api/rewards', [item]), '');
  }

  async #issue({ id }: Row): Promise<void> {
    assert.equal(await this.#rock('/api/rewards/issue', { rewardId: id }), '');
  }

  /** Answers why it was refused, if it was. */
  async #rock(path: string, body: unknown): Promise<string> {
    const [answer] = [await this.#rockbridge.asUser('referral-rock', 'POST', path, body)].flat();
    assert.ok(answer?.['resultInfo'], JSON.stringify(answer));
    const { Status, Message } = answer['resultInfo'] as Record<string, string>;
    return Status === 'Succeeded' ? '' : String(Message);
  }

  /** A member's count goes up by whom they refer. */
  async #referBy(member: Row, count: number): Promise<void> {
    const by = { referralCode: String(member['referralCode']) };
    for (let n = Number(member['referrals']); n < count && member['disabledFlag'] !== true; n++)
      await refer(this.#rockbridge, by, somebody());
  }
}
