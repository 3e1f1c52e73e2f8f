import assert from 'node:assert/strict';
import { decide } from '../../rules/decide.ts';
import { normalForm, type SyncedField } from '../../rules/forms/normalize.ts';
import type { MergeDraft, PlanDraft, StepDraft } from '../../rules/plan.ts';
import type { CandidateState, Data, Fact, FieldBaseline, ItemState, LinkState, Seen } from '../../rules/records.ts';
import type { CustomerState } from '../../rules/state.ts';
import { fillAnswers, stepsNamedIn } from '../../rules/forms/templates.ts';
import { operations } from '../../vendors/operations.ts';

interface Answer {
  id?: string;
  record?: Data;
  refused?: string[];
}

/** How a pass goes wrong: steps that fail for good, or a plan that is given up after so many of its steps. */
export interface Trouble {
  fails?: readonly string[];
  givenUpAfter?: number;
}

/**
 * Two vendors and a store that hold one customer: carries plans out as the activities and `close` do, in memory. `refuses` are the
 * fields (`ghl.city`, `rr.region`) that a vendor silently leaves as they are.
 */
export class Model {
  state: CustomerState;
  readonly made: string[] = [];
  /** How many approvals were made. */
  asked = 0;
  readonly #done = new Map<string, Answer>();
  readonly #refuses: readonly string[];

  constructor(state: CustomerState, refuses: readonly string[] = []) {
    this.state = state;
    this.#refuses = refuses;
  }

  /** Decides and carries out; undefined: the decision was to move the record. */
  pass(trouble: Trouble = {}): PlanDraft | undefined {
    this.#observe();
    const decision = decide(this.state);
    if (decision.outcome === 'moved') return undefined;
    const { plan } = decision;
    this.#store(plan);
    const answers = this.#carryOut(plan, trouble);
    if (trouble.givenUpAfter === undefined) this.#close(plan, answers);
    return plan;
  }

  /** Somebody edits the record that the passes are about. */
  changeFocus(data: Data): void {
    this.#changeLinks((link) =>
      link.recordId === this.state.focus ? { ...link, data: { ...link.data, ...data } } : link,
    );
  }

  /** Candidates as the vendor has them now: the customer's own contact among them. */
  #observe(): void {
    const { contact } = this.state;
    if (!contact) return;
    const own: CandidateState = {
      contactId: contact.contactId,
      data: contact.data,
      blocks: false,
      owner: { kind: 'this' },
    };
    this.#changeLinks((link) => ({
      ...link,
      candidates: [...link.candidates.filter(({ contactId }) => contactId !== contact.contactId), own],
    }));
  }

  /** The intent: facts, and a matched contact that becomes the customer's own. */
  #store(plan: PlanDraft): void {
    const known = new Set(this.state.facts.map(({ key }) => key));
    const fresh = [...plan.facts, ...plan.waiting].filter(({ key }) => !known.has(key));
    this.state = { ...this.state, facts: [...this.state.facts, ...fresh] };
    if (plan.link && 'contactId' in plan.link && !this.state.contact)
      this.state = { ...this.state, contact: { recordId: 'contact', ...plan.link, ours: false, seen: undefined } };
  }

  #carryOut(plan: PlanDraft, { fails = [], givenUpAfter = Infinity }: Trouble): Map<string, Answer> {
    const answers = new Map<string, Answer>();
    for (const step of plan.steps.slice(0, givenUpAfter)) {
      if (step.mode !== 'live') continue;
      const needs = [...step.after, ...stepsNamedIn([step.input, step.changes])].filter((name) => name !== step.name);
      if (fails.includes(step.name) || !needs.every((name) => answers.has(name))) continue;
      const key = step.factKey === null ? undefined : `${step.factKey}|${step.rule}`;
      const before = key === undefined ? undefined : this.#done.get(key);
      const answer =
        before ?? this.#call(step, plan, Object.fromEntries(answers) as Record<string, Record<string, unknown>>);
      answers.set(step.name, answer);
      if (key !== undefined) this.#done.set(key, answer);
    }
    return answers;
  }

  #call(step: StepDraft, plan: PlanDraft, answers: Record<string, Record<string, unknown>>): Answer {
    const input = fillAnswers(step.input, answers) as Record<string, unknown>;
    const operation = operations.get(step.operation);
    assert.ok(operation, step.operation);
    const parsed = operation.input.safeParse(input);
    assert.ok(parsed.success, `${step.operation}: ${parsed.error?.message}`);
    const merges = fillAnswers(
      plan.merges.filter(({ written }) => written?.step === step.name),
      answers,
    );
    for (const { recordId, field, written, ghl, rr } of merges)
      if (written)
        this.#changeBaseline(recordId, field, (known) => ({
          ...known,
          [written.side]: {
            ...(known[written.side] ?? { value: written.side === 'rr' ? rr : ghl }),
            pending: written.value,
          },
        }));
    const record = this.#write(step.operation, input, step.recordId);
    if (!record) return {};
    const refused = fillAnswers(step.changes, answers)
      .filter(({ field, after }) => !isSame(merges, field, valueOf(record, field), after))
      .map(({ field }) => field);
    return { id: String(record['id']), record, refused };
  }

  /** What the vendor then holds; undefined of tags. */
  #write(operation: string, input: Record<string, unknown>, recordId: string | null): Data | undefined {
    const { locationId: _, contactId, ...fields } = input;
    switch (operation) {
      case 'ghl.contact.create': {
        assert.ok(!this.state.contact, 'a second contact');
        const data = withCustomFields({ id: 'made', tags: [] }, this.#taken('ghl', fields));
        this.state = {
          ...this.state,
          contact: { recordId: 'contact', contactId: 'made', data, ours: true, seen: undefined },
        };
        this.made.push('contact');
        return data;
      }
      case 'ghl.contact.update':
        return this.#changeContact(contactId, this.#taken('ghl', fields));
      case 'ghl.contact.add-tags':
      case 'ghl.contact.remove-tags': {
        const present = (this.state.contact?.data['tags'] ?? []) as string[];
        const given = input['tags'] as string[];
        const others = present.filter((tag) => !given.includes(tag));
        this.#changeContact(contactId, { tags: operation.endsWith('add-tags') ? [...others, ...given] : others });
        return undefined;
      }
      case 'ghl.task.create':
      case 'ghl.note.create':
        assert.equal(contactId, this.state.contact?.contactId);
        this.made.push(String(input['body']));
        return this.#makeItem(operation === 'ghl.task.create' ? 'task' : 'note', fields);
      case 'ghl.task.update':
        return this.#changeItem(recordId, fields);
      case 'ghl.custom-field.create': {
        const id = `field${this.made.length}`;
        const key = `contact.${String(input['name']).toLowerCase().replaceAll(' ', '_')}`;
        assert.ok(!Object.values(this.state.connection.names.customField).includes(key), `a second field ${key}`);
        this.made.push(key);
        const { connection } = this.state;
        const names = { ...connection.names, customField: { ...connection.names.customField, [id]: key } };
        this.state = { ...this.state, connection: { ...connection, names } };
        return { id };
      }
      case 'referral-rock.referral.update':
      case 'referral-rock.member.update':
      case 'referral-rock.referral.set-status':
        return this.#changeRecord(recordId, (input['referral'] ?? input['member']) as Data);
      default:
        throw new Error(`the model does not know ${operation}`);
    }
  }

  #makeItem(kind: ItemState['kind'], fields: Data): Data {
    const id = `made${this.made.length}`;
    const data = { id, dateAdded: this.state.now, ...fields };
    const parentId = this.state.contact?.contactId ?? null;
    const item = {
      recordId: `record-${id}`,
      kind,
      vendorId: id,
      parentId,
      data,
      gone: false,
      ours: true,
      seen: undefined,
    };
    this.state = { ...this.state, items: [...this.state.items, item] };
    return data;
  }

  #changeItem(recordId: string | null, given: Data): Data {
    const item = this.state.items.find((one) => one.recordId === recordId);
    assert.ok(item, `no item ${recordId}`);
    const fields = Object.entries(given).filter(([name]) => name !== 'taskId');
    const data = { ...item.data, ...Object.fromEntries(fields) };
    this.state = { ...this.state, items: this.state.items.map((one) => (one === item ? { ...one, data } : one)) };
    return data;
  }

  #taken(side: string, fields: Data): Data {
    return Object.fromEntries(Object.entries(fields).filter(([field]) => !this.#refuses.includes(`${side}.${field}`)));
  }

  #changeContact(contactId: unknown, fields: Data): Data {
    const { contact } = this.state;
    assert.ok(contact && contact.contactId === contactId, 'another contact');
    const data = withCustomFields(contact.data, fields);
    this.state = { ...this.state, contact: { ...contact, data } };
    return data;
  }

  #changeRecord(recordId: string | null, fields: Data): Data {
    const link = this.#link(recordId);
    if (fields['region']) assert.ok(link.data['country'] || fields['country'], 'The region needs a country.');
    const data = { ...link.data, ...this.#taken('rr', fields) };
    this.#changeLinks((one) => (one === link ? { ...one, data } : one));
    return data;
  }

  #close(plan: PlanDraft, answers: ReadonlyMap<string, Answer>): void {
    const settled = plan.merges.map(({ recordId, field }) => `${recordId}|${field}`);
    assert.equal(new Set(settled).size, settled.length, 'a baseline is moved once in a plan');
    for (const merge of plan.merges) this.#moveBaseline(merge, answers);
    for (const { recordId, value, step } of plan.highlights)
      if (step === undefined || answers.has(step)) this.#note(recordId, value);
    this.#storeLines(plan, answers);
    this.#ask(plan);
    const left = plan.steps.filter(({ mode }) => mode !== 'live').map(({ name }) => name);
    for (const { name, after, input } of plan.steps)
      if ([...after, ...stepsNamedIn(input)].some((needed) => left.includes(needed))) left.push(name);
    const undone = plan.steps.filter(({ name }) => !answers.has(name) && !left.includes(name));
    const isCreated = !undone.some(({ operation }) => operation === 'ghl.contact.create');
    if (plan.link && isCreated)
      this.#changeLinks((link) => (link.recordId === this.state.focus ? { ...link, linked: true } : link));
    const waits = (fact: Fact): boolean =>
      !isCreated ||
      undone.some(({ factKey }) => factKey === fact.key) ||
      !plan.facts.some(({ key }) => key === fact.key);
    this.state = { ...this.state, facts: this.state.facts.filter(waits) };
  }

  /** What a person is asked: once for each record. */
  #ask({ approvals, superseded }: PlanDraft): void {
    const about = approvals.map(({ recordId }) => recordId);
    assert.equal(new Set(about).size, about.length, 'a record has one open approval');
    const closed = new Set(superseded.map(({ approvalId }) => approvalId));
    const open = this.state.approvals.filter(({ id, recordId }) => !closed.has(id) && !about.includes(recordId));
    this.asked += approvals.length;
    const asked = approvals.map(({ kind, recordId, proposal }, n) => {
      return { id: `approval${this.asked}-${n}`, kind, recordId, proposal };
    });
    this.state = { ...this.state, approvals: [...open, ...asked] };
  }

  /** What is taken note of, of a member, referral, item or of the contact. */
  #note(recordId: string, value: object): void {
    const noted = <Value>(seen: Seen<Value> | undefined): Seen<Value> =>
      seen && JSON.stringify(seen.value) === JSON.stringify(value)
        ? seen
        : { value: value as Value, version: (seen?.version ?? 0) + 1 };
    this.#changeLinks((link) => (link.recordId === recordId ? { ...link, seen: noted(link.seen) } : link));
    const items = this.state.items.map((one) => (one.recordId === recordId ? { ...one, seen: noted(one.seen) } : one));
    this.state = { ...this.state, items };
    const { contact } = this.state;
    if (contact?.recordId === recordId)
      this.state = { ...this.state, contact: { ...contact, seen: noted(contact.seen) } };
  }

  /** Lines whose step is done; one of a known reference takes the place of what was there. */
  #storeLines(plan: PlanDraft, answers: ReadonlyMap<string, Answer>): void {
    for (const { recordId, step, itemStep, ...line } of plan.lines) {
      if (step !== null && !answers.has(step)) continue;
      const made = itemStep === null ? undefined : answers.get(itemStep)?.id;
      const itemId = this.state.items.find(({ vendorId }) => vendorId === made)?.recordId ?? line.itemId;
      this.#changeLinks((link) =>
        link.recordId === recordId
          ? {
              ...link,
              lines: [...link.lines.filter(({ reference }) => reference !== line.reference), { ...line, itemId }],
            }
          : link,
      );
    }
  }

  #moveBaseline(merge: MergeDraft, answers: ReadonlyMap<string, Answer>): void {
    const { recordId, field, ghl, rr, written } = fillAnswers(
      merge,
      Object.fromEntries(answers) as Record<string, Record<string, unknown>>,
    );
    const answer = written && answers.get(written.step);
    if (written && !answer) return;
    const side = (name: 'ghl' | 'rr', seen: unknown): NonNullable<FieldBaseline['ghl']> => {
      if (written?.side !== name) return { value: seen };
      const refused = answer?.refused?.includes(written.as) ? { refused: written.value } : {};
      return { value: valueOf(answer?.record ?? {}, written.as) ?? null, ...refused };
    };
    this.#changeBaseline(recordId, field, () => ({ ghl: side('ghl', ghl), rr: side('rr', rr) }));
  }

  #changeBaseline(recordId: string, field: string, change: (known: FieldBaseline) => FieldBaseline): void {
    this.#changeLinks((link) =>
      link.recordId === recordId
        ? { ...link, baselines: { ...link.baselines, [field]: change(link.baselines[field] ?? {}) } }
        : link,
    );
  }

  #changeLinks(change: (link: LinkState) => LinkState): void {
    this.state = { ...this.state, links: this.state.links.map(change) };
  }

  #link(recordId: string | null): LinkState {
    const link = this.state.links.find((one) => one.recordId === recordId);
    assert.ok(link, `no record ${recordId}`);
    return link;
  }
}

/** GHL takes custom fields as `{id, field_value}` and returns them as `{id, value}`. */
function withCustomFields(data: Data, { customFields, ...fields }: Data): Data {
  if (!Array.isArray(customFields)) return { ...data, ...fields };
  const given = customFields as { id: string; field_value: unknown }[];
  const there = (data['customFields'] ?? []) as { id: string }[];
  const others = there.filter(({ id }) => !given.some((one) => one.id === id));
  const values = given.map(({ id, field_value }) => ({ id, value: field_value }));
  return { ...data, ...fields, customFields: [...others, ...values] };
}

function valueOf(record: Data, field: string): unknown {
  if (!field.startsWith('customField:')) return record[field];
  const list = (record['customFields'] ?? []) as { id: string; value: unknown }[];
  return list.find(({ id }) => `customField:${id}` === field)?.value;
}

function isSame(merges: readonly MergeDraft[], field: string, one: unknown, other: unknown): boolean {
  const mapped = merges.find(({ written }) => written?.as === field)?.field as SyncedField | undefined;
  if (!mapped) return String(one ?? '').trim() === String(other ?? '').trim();
  return normalForm(mapped, one, { country: 'US' }) === normalForm(mapped, other, { country: 'US' });
}
