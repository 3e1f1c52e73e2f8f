import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../rules/decide.ts';
import { fieldMap } from '../../../rules/links/fields.ts';
import { isBefore } from '../../../rules/links/link.ts';
import type { PlanDraft } from '../../../rules/plan.ts';
import type { LinkState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { stepsNamedIn } from '../../../rules/forms/templates.ts';
import { operations } from '../../../vendors/operations.ts';
import { anyCustomer } from '../any-customer.ts';
import { contact, customer, linked, referral } from '../customers.ts';
import { Model, type Trouble } from '../model.ts';

const runs = { numRuns: 1000 };

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) deepFreeze(one);
  }
  return value;
}

function eachPlan(check: (plan: PlanDraft, state: CustomerState) => void): void {
  fc.assert(
    fc.property(anyCustomer, (state) => {
      const decision = decide(state);
      if (decision.outcome === 'act') check(decision.plan, state);
    }),
    runs,
  );
}

describe('any decision', () => {
  it('is the same for the same state, and leaves the state alone', () => {
    fc.assert(
      fc.property(anyCustomer, (state) => {
        const before = structuredClone(state);
        const decision = decide(deepFreeze(state));
        assert.deepEqual(state, before);
        assert.deepEqual(decide(structuredClone(before)), decision);
        assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision, 'what is stored is what was decided');
      }),
      runs,
    );
  });

  it('takes known operations of its own queue, none of effect delete, and holds those of effect money', () => {
    eachPlan(({ steps, approvals }) => {
      for (const { name, operation, queue, mode, allowedBy } of steps) {
        const known = operations.get(operation);
        assert.ok(known, operation);
        assert.equal(known.vendor, queue);
        assert.notEqual(known.effect, 'delete');
        const isMoney = known.effect === 'money';
        assert.deepEqual([mode === 'hold', allowedBy], [isMoney, null], name);
        assert.equal(approvals.filter((one) => one.steps.includes(name)).length, isMoney ? 1 : 0);
      }
    });
  });

  it('asks about a record once, and proposes no status that the referral has or that is final', () => {
    eachPlan(({ approvals }, { links }) => {
      const about = approvals.map(({ recordId }) => recordId);
      assert.equal(new Set(about).size, about.length);
      for (const { kind, recordId, proposal } of approvals.filter((one) => one.kind === 'status')) {
        const now = String(links.find((link) => link.recordId === recordId)?.data['status'] ?? '').toLowerCase();
        assert.ok(!['approved', proposal['status']].includes(now), `${kind} ${now}`);
        assert.equal(proposal['from'], now);
      }
    });
  });

  it('names each step once, and lets it wait for earlier steps only', () => {
    eachPlan(({ steps, merges, lines, link }) => {
      const names = steps.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, names.join());
      const keys = steps.flatMap(({ factKey, rule }) => (factKey === null ? [] : [`${factKey}|${rule}`]));
      assert.equal(new Set(keys).size, keys.length, keys.join());
      for (const [n, step] of steps.entries())
        for (const needed of [...step.after, ...stepsNamedIn([step.input, step.changes])])
          assert.ok(names.slice(0, n).includes(needed), `${step.name} waits for ${needed}`);
      for (const { written } of merges) if (written) assert.ok(names.includes(written.step), written.step);
      for (const line of lines) if (line.step !== null) assert.ok(names.includes(line.step), line.step);
      if (link && 'step' in link) assert.ok(names.includes(link.step));
    });
  });

  it('shows names of fields, never a value, in a summary', () => {
    eachPlan(({ steps }) => {
      for (const { summary } of steps)
        assert.match(
          summary,
          /^(create|update) (contact|referral|member|task|custom field): \w+( date)?(, \w+( date)?)*$|^(create|add|remove|set) (task|note|tags|status) \([\w-]+\)$/,
        );
    });
  });

  it('writes no field twice and none as it stands', () => {
    eachPlan(({ steps }) => {
      for (const { changes } of steps) {
        const fields = changes.map(({ field }) => field);
        assert.equal(new Set(fields).size, fields.length, fields.join());
        // A region goes to RR together with its country, which may be there already.
        assert.ok(changes.length === 0 || changes.some(({ before, after }) => before !== after));
      }
    });
  });

  it('says something when it does nothing', () => {
    eachPlan(({ steps, sentences }) => assert.ok(steps.length + sentences.length > 0));
  });

  it('makes and writes nothing for a record from before the start when it is matched', () => {
    eachPlan((plan, { links, focus, facts }) => {
      const link = links.find(({ recordId }) => recordId === focus);
      const created = String(link?.data['createDate'] ?? link?.data['createDt'] ?? '');
      if (!link || link.linked || facts.length > 0 || !created.startsWith('2025')) return;
      assert.deepEqual([plan.steps, plan.facts, plan.lines], [[], [], []]);
      assert.ok(plan.merges.every(({ written }) => written === undefined));
    });
  });
});

const refusals = fc.subarray([
  'ghl.firstName',
  'ghl.phone',
  'ghl.state',
  'ghl.country',
  'rr.firstName',
  'rr.phone',
  'rr.phoneNumber',
  'rr.companyName',
  'rr.externalIdentifier',
  'rr.region',
  'rr.country',
]);

describe('a plan that was carried out', () => {
  it('leaves nothing to do, whatever the vendors did not take', () => {
    fc.assert(
      fc.property(anyCustomer, refusals, (state, refuses) => {
        const model = new Model(state, refuses);
        // What one link brings to the contact reaches the others when the contact comes back.
        // A record from before the start is matched without a write; its note is looked after from its next event on.
        const isOld = state.links.some((link) => !link.linked && isBefore(state.connection.since, link));
        const passes = state.focus === 'contact' ? 2 * state.links.length + 1 : isOld ? 2 : 1;
        for (let n = 0; n < passes; n++) model.pass();
        const again = model.pass();
        assert.deepEqual(again?.steps ?? [], []);
        assert.deepEqual(again?.merges ?? [], [], 'and no baseline to move');
      }),
      runs,
    );
  });
});

const failing: fc.Arbitrary<Trouble> = fc.record({
  fails: fc.subarray([
    'contact',
    'tags',
    'onboarding-task',
    'note',
    'old-status-tag',
    'status-tag',
    'changes-note',
    'referral',
    'member',
  ]),
});
const givenUp: fc.Arbitrary<Trouble> = fc.record({ givenUpAfter: fc.nat({ max: 6 }) });
const trouble = fc.oneof(failing, givenUp);

/** As a store has it that no move or first match left half done: a link has all its baselines or, not linked yet, none. */
const settledCustomer = anyCustomer.map((state): CustomerState => {
  const settled = (link: LinkState): LinkState['baselines'] =>
    Object.fromEntries(
      fieldMap[link.kind].map(({ field, rr }) => {
        const known = link.baselines[field];
        const { ghl = { value: state.contact?.data[field] ?? null }, rr: theirs = { value: link.data[rr] ?? null } } =
          known ?? {};
        return [field, { ghl, rr: theirs }];
      }),
    );
  // A national number is another one once the country has been changed.
  const data = (link: LinkState): LinkState['data'] =>
    link.kind === 'member' ? { ...link.data, phone: '+15125550101' } : link.data;
  return {
    ...state,
    links: state.links.map((link) => ({ ...link, data: data(link), baselines: link.linked ? settled(link) : {} })),
  };
});

/** A task's title has the name that its contact had when it was planned: another one, if the next plan makes it. */
function withoutName(note: unknown): unknown {
  return String(note ?? '').replace(/Call .* \(referred/u, 'Call (referred');
}

/** What both vendors hold at the end, and what was made on the way. */
function endOf(model: Model): object {
  const { contact: own, links } = model.state;
  const tags = ((own?.data['tags'] ?? []) as string[]).toSorted();
  return {
    contact: own && { ...own.data, tags },
    records: links.map(({ data, linked: isLinked }) => [{ ...data, note: withoutName(data['note']) }, isLinked]),
    made: model.made.toSorted(),
  };
}

describe('a plan that was given up or failed', () => {
  it('is made up for by the next: the same end, and nothing made twice', () => {
    fc.assert(
      fc.property(settledCustomer, fc.array(trouble, { minLength: 1, maxLength: 3 }), (state, troubles) => {
        // Several links of one contact settle in the order in which they are told.
        fc.pre(state.focus !== 'contact' || state.links.length === 1);
        const smooth = new Model(state);
        const rough = new Model(state);
        for (const one of troubles) rough.pass(one);
        for (let n = 0; n < 6; n++) {
          smooth.pass();
          rough.pass();
        }
        assert.deepEqual(endOf(rough), endOf(smooth));
        assert.equal(new Set(rough.made).size, rough.made.length);
      }),
      runs,
    );
  });

  it('leaves the tag of the status that a referral came to in the end, and no other', () => {
    const statuses = ['Pending', 'Qualified', 'Approved', 'Denied'];
    const story = fc.array(fc.tuple(fc.constantFrom(...statuses), trouble), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(story, (changes) => {
        const start = customer([linked(referral())], { contact: contact({ tags: ['rr-status:pending', 'vip'] }) });
        const model = new Model(start);
        for (const [to, one] of changes) {
          model.changeFocus({ status: to });
          model.pass(one);
        }
        for (let n = 0; n < 3; n++) model.pass();
        const last = changes.at(-1)?.[0].toLowerCase();
        const tags = (model.state.contact?.data['tags'] ?? []) as string[];
        assert.deepEqual(tags.toSorted(), [`rr-status:${last}`, 'vip']);
      }),
      runs,
    );
  });
});
