import assert from 'node:assert/strict';
import { decide } from '../../rules/decide.ts';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { needsOf } from '../../rules/actions/step-modes.ts';
import type { MergeDraft, PlanDraft, StepDraft } from '../../rules/plan.ts';
import type { AddressHighlights, ContactHighlights, Data, Fact, LinkState, Seen } from '../../rules/records.ts';
import type { CustomerState } from '../../rules/state.ts';
import { fillAnswers } from '../../rules/forms/templates.ts';
import { operations } from '../../vendors/operations.ts';
import { address } from './contact-story.ts';
import { connection, contact, customer, linked, member, referral } from './customers.ts';

export type Trigger = 'contact' | 'tags' | 'dnd' | 'unsubscribe';
type Answers = Map<string, Data>;
const programId = 'p Customer Referrals';

/** Both vendors and the store, as far as a contact's tags, do-not-disturb and opt-out go. Throws where a promise is broken. */
export class ContactWorld {
  readonly data: Record<string, unknown> = { ...contact().data, dateAdded: '2026-02-01T00:00:00Z', firstName: 'Jane' };
  links: LinkState[] = [linked(referral())];
  /** Who put the address on Referral Rock's list. */
  onList: 'nobody' | 'us' | 'person' = 'nobody';
  readonly calls: string[] = [];
  readonly rows: Trigger[] = [];
  #seen: Seen<ContactHighlights> | undefined;
  #addressSeen: Seen<Data & AddressHighlights> | undefined;
  #listRead: boolean | undefined;
  #facts: Fact[] = [];
  #customField: Record<string, string> = {};
  readonly #done = new Map<string, Data>();
  readonly #setsDnd: boolean;

  constructor(setsDnd: boolean) {
    this.#setsDnd = setsDnd;
  }

  /** Tells a story; `fails` are steps that fail for good, `givenUpAfter` so many steps the plan is given up and made anew. */
  pass(trigger: Trigger, fails: readonly string[] = [], givenUpAfter?: number): PlanDraft {
    if (trigger === 'dnd' || trigger === 'unsubscribe') this.#listRead = this.onList !== 'nobody';
    if (givenUpAfter !== undefined) {
      const plan = this.#plan(trigger);
      this.#carryOut({ ...plan, steps: plan.steps.slice(0, givenUpAfter) }, []);
      this.#store(plan);
    }
    const plan = this.#plan(trigger);
    this.#store(plan);
    this.#close(plan, this.#carryOut(plan, fails));
    this.rows.push(...plan.findings.flatMap(({ trigger: found }) => (found === 'member' ? [] : [found as Trigger])));
    return plan;
  }

  /** Handles all rows that are open, those that come of it, too. */
  settle(): void {
    for (let n = 0; this.rows.length > 0; n++) {
      assert.ok(n < 50, 'it comes to no end');
      this.pass(this.rows.shift() ?? 'contact');
    }
  }

  get slots(): unknown[] {
    return this.links.map(
      ({ kind, data }) => data[kind === 'referral' ? 'customText3Value' : 'customText2Value'] ?? '',
    );
  }

  #plan(trigger: Trigger): PlanDraft {
    const item = { ...address(this.#listRead ?? false), seen: this.#addressSeen };
    const names = { ...connection.names, customField: this.#customField };
    const settings = { ...defaultRules.settings, unsubscribeSetsDnd: this.#setsDnd };
    const focus = trigger === 'unsubscribe' ? 'address' : 'contact';
    const state: CustomerState = customer(this.links, {
      trigger,
      focus,
      rules: { ...defaultRules, settings },
      connection: { ...connection, names },
      contact: { ...contact(), data: this.data, seen: this.#seen, emailKey: 'key1' },
      items: this.#listRead === undefined ? [] : [item],
      facts: this.#facts.filter(({ recordId }) => recordId === focus),
    });
    const decision = decide(structuredClone(state));
    assert.equal(decision.outcome, 'act');
    return decision.plan;
  }

  #store({ facts, waiting }: PlanDraft): void {
    for (const fact of [...facts, ...waiting])
      if (!this.#facts.some(({ key }) => key === fact.key)) this.#facts.push(fact);
  }

  #carryOut({ steps }: PlanDraft, fails: readonly string[]): Answers {
    const answers: Answers = new Map();
    for (const step of steps) {
      const key = step.factKey === null ? undefined : `${step.factKey}|${step.rule}`;
      const before = key === undefined ? undefined : this.#done.get(key);
      const isStuck = fails.includes(step.name) || needsOf(step).some((name) => !answers.has(name));
      if (!before && isStuck) continue;
      const answer = before ?? this.#call(step, fillAnswers(step.input, Object.fromEntries(answers)));
      if (key !== undefined) this.#done.set(key, answer);
      answers.set(step.name, answer);
    }
    return answers;
  }

  #call({ operation, recordId }: StepDraft, input: Data): Data {
    operations.get(operation)?.input.parse(input);
    this.calls.push(operation);
    const tags = this.data['tags'] as string[];
    switch (operation) {
      case 'ghl.contact.update':
        return this.#updateContact(input);
      case 'ghl.contact.add-tags':
        this.data['tags'] = [...new Set([...tags, ...(input['tags'] as string[])])];
        return {};
      case 'ghl.custom-field.create': {
        const id = `f${Object.keys(this.#customField).length}`;
        this.#customField[id] = `contact.${String(input['name']).toLowerCase().replaceAll(' ', '_')}`;
        return { id };
      }
      case 'referral-rock.member.create':
        return this.#createMember(input);
      case 'referral-rock.email.unsubscribe':
        assert.equal(this.onList, 'nobody', 'what a person did is not taken over');
        this.onList = 'us';
        return {};
      case 'referral-rock.email.resubscribe':
        assert.equal(this.onList, 'us', "a person's opt-out is theirs");
        this.onList = 'nobody';
        return {};
      default: {
        assert.match(operation, /^referral-rock\.(referral|member)\.update$/);
        const fields = (input['referral'] ?? input['member']) as Data;
        this.links = this.links.map((link) =>
          link.recordId === recordId ? { ...link, data: { ...link.data, ...fields } } : link,
        );
        return fields;
      }
    }
  }

  #updateContact({ customFields, ...fields }: Data): Data {
    Object.assign(this.data, fields);
    const values = new Map(((this.data['customFields'] ?? []) as Data[]).map(({ id, value }) => [id, value]));
    for (const { id, field_value: value } of (customFields ?? []) as Data[]) values.set(id, value);
    this.data['customFields'] = [...values].map(([id, value]) => ({ id, value }));
    return this.data;
  }

  #createMember(input: Data): Data {
    assert.ok(this.links.length === 1, 'a second member');
    const made = { ...member(), data: { ...member().data, ...input, programId, createDt: '2026-03-02' } };
    this.links = [...this.links, linked(made)];
    return { id: 'm1', referralCode: 'A1', referralUrl: 'https://rr.example/A1' };
  }

  #close(plan: PlanDraft, answers: Answers): void {
    for (const merge of plan.merges) this.#move(merge, answers);
    for (const { recordId, value, step } of plan.highlights) {
      if (step !== undefined && !answers.has(step)) continue;
      const seen = recordId === 'contact' ? this.#seen : this.#addressSeen;
      if (JSON.stringify(seen?.value) === JSON.stringify(value)) continue;
      const noted = { value, version: (seen?.version ?? 0) + 1 };
      if (recordId === 'contact') this.#seen = noted as Seen<ContactHighlights>;
      else this.#addressSeen = noted as Seen<Data & AddressHighlights>;
    }
    const undone = new Set(plan.steps.filter(({ name }) => !answers.has(name)).map(({ factKey }) => factKey));
    const spent = plan.facts.filter(({ key }) => !undone.has(key)).map(({ key }) => key);
    this.#facts = this.#facts.filter(({ key }) => !spent.includes(key));
  }

  #move({ recordId, field, ghl, rr, written }: MergeDraft, answers: Answers): void {
    if (written && !answers.has(written.step)) return;
    const value = (side: 'ghl' | 'rr', seen: unknown) => ({ value: written?.side === side ? written.value : seen });
    const moved = { [field]: { ghl: value('ghl', ghl), rr: value('rr', rr) } };
    this.links = this.links.map((link) =>
      link.recordId === recordId ? { ...link, baselines: { ...link.baselines, ...moved } } : link,
    );
  }
}
