import assert from 'node:assert/strict';
import type { PlanDraft } from '../../../rules/plan.ts';
import type { Data, ItemState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { address, contactWith, noteOn, rulesWith, story } from '../contact-story.ts';
import { connection, namesOf, planOf, stepOf } from '../customers.ts';

const dnd: Data = { dndSettings: { Email: { status: 'active' } } };
const never = { emailDnd: true };
const ours = { unsubscribed: true, unsubscribedByUs: true };

function dndStory(
  data: Data,
  seen: Parameters<typeof contactWith>[1],
  item?: ItemState,
  more: Partial<CustomerState> = {},
): PlanDraft {
  return planOf(story('dnd', contactWith(data, seen), [], { items: item ? [item] : [], ...more }));
}

describe('a contact that shall not be e-mailed', () => {
  it("is put on Referral Rock's opt-out list, which counts as ours once it is done", () => {
    const plan = dndStory(dnd, {}, address(false));
    const step = stepOf(plan, 'opt_out');
    assert.deepEqual([step.operation, step.input], ['referral-rock.email.unsubscribe', { email: 'jane@example.com' }]);
    assert.deepEqual(plan.highlights, [
      { recordId: 'contact', value: { tags: [], emailDnd: true } },
      { recordId: 'address', value: ours, step: 'opt_out' },
    ]);
    assert.equal(step.factKey, plan.facts[0]?.key);
    assert.doesNotMatch(`${step.summary}${step.sentence}`, /jane/);
  });

  it('is put there by whatever says so, and again when that failed', () => {
    const [fact] = dndStory(dnd, {}, address(false)).facts;
    assert.ok(fact);
    assert.deepEqual(namesOf(dndStory({ dnd: true }, {}, address(false))), ['opt_out']);
    assert.deepEqual(namesOf(dndStory(dnd, never, address(false), { facts: [fact] })), ['opt_out']);
    assert.deepEqual(namesOf(dndStory(dnd, {})), ['opt_out'], 'of an address that was never looked up');
  });

  it('is none of ours where the address stands there already', () => {
    const plan = dndStory(dnd, {}, address(true));
    assert.deepEqual([plan.steps, plan.highlights.map(({ recordId }) => recordId)], [[], ['contact']]);
    assert.match(plan.sentences.join(), /on Referral Rock’s opt-out list already/);
  });

  it('has nothing to put there without an address', () => {
    const plan = dndStory({ ...dnd, email: '' }, {}, undefined);
    assert.deepEqual(plan.steps, []);
    assert.match(plan.sentences.join(), /no e-mail address/);
  });

  it('is left to the story that reads the opt-out list first', () => {
    for (const trigger of ['contact', 'tags'] as const) {
      const plan = planOf(story(trigger, contactWith(dnd), [], { items: [address(true, {})] }));
      assert.deepEqual(plan.steps, []);
      assert.deepEqual(plan.findings, [{ trigger: 'dnd', kind: 'contact', vendorId: 'c1' }]);
      assert.deepEqual(
        plan.waiting.map(({ kind }) => kind),
        ['contact.dnd.set'],
      );
    }
  });

  it('from before the start is put there too, and fires no rule', () => {
    const rules = rulesWith({ actions: [noteOn('contact.dnd.set')] });
    const old = { ...dnd, dateAdded: '2025-06-01T00:00:00Z' };
    assert.deepEqual(namesOf(dndStory(old, {}, address(false), { rules })), ['opt_out']);
    assert.deepEqual(namesOf(dndStory(dnd, {}, address(false), { rules })), ['noted', 'opt_out']);
  });

  it('is looked at only where the rule watches, and not even that where it is off', () => {
    const watched = dndStory(dnd, {}, address(false), { rules: rulesWith({ sync: { optOuts: 'observe' } }) });
    assert.deepEqual(
      watched.steps.map(({ mode }) => mode),
      ['observe'],
    );
    assert.deepEqual(
      watched.highlights.map(({ recordId }) => recordId),
      ['contact'],
    );
    const off = dndStory(dnd, {}, address(false), { rules: rulesWith({ sync: { optOuts: 'off' } }) });
    assert.deepEqual([off.steps, off.facts.map(({ kind }) => kind)], [[], ['contact.dnd.set']]);
  });

  it('is said in observe mode by whichever story sees it', () => {
    const observing = { connection: { ...connection, mode: 'observe' as const } };
    assert.deepEqual(namesOf(planOf(story('contact', contactWith(dnd), [], observing))), ['opt_out']);
  });
});

describe('a contact that may be e-mailed again', () => {
  it('is taken off the list if we had put it there', () => {
    const plan = dndStory({}, never, address(true, ours));
    assert.deepEqual(stepOf(plan, 'opt_in').operation, 'referral-rock.email.resubscribe');
    assert.deepEqual(plan.highlights.at(-1), {
      recordId: 'address',
      value: { unsubscribed: false, unsubscribedByUs: false },
      step: 'opt_in',
    });
  });

  for (const [promise, item] of [
    ['stays on the list where a person put it', address(true, { unsubscribed: true })],
    ['stays on the list where nobody took note of it', address(true)],
    ['stays on the list that was never read', undefined],
    ['needs no write where it stands there no more', address(false, ours)],
  ] as const) {
    it(promise, () => assert.deepEqual(dndStory({}, never, item).steps, []));
  }

  it('is no longer ours where another address was ours', () => {
    const other = { ...address(true, ours), vendorId: 'key of another address' };
    assert.deepEqual(dndStory({}, never, other).steps, []);
  });

  it('needs nothing for a plan that was given up, once it was taken back', () => {
    const { facts } = dndStory(dnd, {}, address(false));
    assert.deepEqual(dndStory({}, {}, address(false), { facts }).steps, []);
  });

  it('needs nothing for what was taken back before it was carried out', () => {
    const [set] = dndStory(dnd, {}, address(false)).facts;
    assert.ok(set);
    const own = contactWith({}, never, 2);
    const plan = planOf(story('dnd', own, [], { items: [address(false)], facts: [set] }));
    assert.deepEqual(plan.steps, []);
    assert.deepEqual(
      plan.facts.map(({ kind }) => kind),
      ['contact.dnd.set', 'contact.dnd.cleared'],
    );
  });
});

describe('an address that opted out in Referral Rock', () => {
  const told = (item: ItemState, data: Data = {}, more: Partial<CustomerState> = {}, seen = {}): PlanDraft =>
    planOf(story('unsubscribe', contactWith(data, seen), [], { items: [item], ...more }));
  const sets = rulesWith({ settings: { unsubscribeSetsDnd: true } });

  it('gets its contact tagged, once', () => {
    const plan = told(address(true));
    assert.deepEqual(stepOf(plan, 'tags').input['tags'], ['rr-unsubscribed']);
    assert.deepEqual(
      plan.facts.map(({ key }) => key),
      ['address|email.unsubscribed|0'],
    );
    assert.deepEqual(plan.highlights, [
      { recordId: 'address', value: { unsubscribed: true, unsubscribedByUs: false } },
    ]);
    const again = told(address(true, { unsubscribed: true }));
    assert.deepEqual([again.steps, again.facts, again.highlights], [[], [], []]);
    assert.match(again.sentences.join(), /taken note of before/);
  });

  it('does nothing when our own opt-out comes back', () => {
    const plan = told(address(true, ours), dnd, { rules: sets }, never);
    assert.deepEqual([plan.steps, plan.facts, plan.highlights], [[], [], []]);
    assert.deepEqual(plan.sentences, ['nothing to do: our own change came back']);
  });

  it('is tagged by a retry whose first try failed', () => {
    const { facts } = told(address(true));
    assert.deepEqual(namesOf(told(address(true, { unsubscribed: true }), {}, { facts })), ['tags']);
  });

  it('is taken note of when it is no longer there, and acts anew when it comes back', () => {
    const plan = told(address(false, { unsubscribed: true }));
    assert.deepEqual(plan.steps, []);
    assert.deepEqual(plan.highlights[0]?.value, { unsubscribed: false, unsubscribedByUs: false });
    assert.deepEqual(namesOf(told(address(true, { unsubscribed: false }))), ['tags']);
  });

  it('waits for somebody who has that address', () => {
    const plan = planOf(story('unsubscribe', contactWith({}), [], { items: [address(true)], contact: undefined }));
    assert.deepEqual([plan.steps, plan.highlights], [[], []]);
    assert.match(plan.sentences.join(), /nobody in GHL/);
  });

  it('says so when the list could not be read', () => {
    const plan = told({ ...address(true), data: {} });
    assert.deepEqual([plan.steps, plan.highlights], [[], []]);
    assert.match(plan.sentences.join(), /could not be read/);
  });

  it("leaves GHL's e-mails alone, unless a rule stops them", () => {
    assert.deepEqual(namesOf(told(address(true))), ['tags']);
    assert.deepEqual(namesOf(told(address(true), {}, { rules: sets })), ['tags', 'contact']);
  });

  it('stops the e-mails by a retry whose first try failed: only then its fact is spent', () => {
    const { facts, steps } = told(address(true), {}, { rules: sets });
    assert.deepEqual(
      steps.map(({ factKey }) => factKey),
      [facts[0]?.key, facts[0]?.key],
    );
    const again = told(address(true, { unsubscribed: true }), {}, { rules: sets, facts });
    assert.deepEqual(namesOf(again), ['tags', 'contact']);
  });

  it('stops the e-mails and nothing else, in the form that GHL takes', () => {
    const before = { SMS: { status: 'active', message: 'asked', since: 1 }, RCS: { status: 'inactive' }, Call: null };
    const step = stepOf(told(address(true), { dndSettings: before }, { rules: sets }), 'contact');
    const after = { SMS: { status: 'active', message: 'asked' }, Email: { status: 'active' } };
    assert.deepEqual(step.input, { contactId: 'c1', dndSettings: after });
    assert.deepEqual(step.changes, [{ field: 'dndSettings', before, after }]);
  });

  it('makes no echo of the e-mails that it stopped', () => {
    const plan = told(address(true), {}, { rules: sets });
    const noted = plan.highlights.find(({ recordId }) => recordId === 'contact');
    assert.deepEqual(noted, { recordId: 'contact', value: { tags: [], emailDnd: true }, step: 'contact' });
    const item = address(true, { unsubscribed: true });
    const echo = dndStory(dnd, { emailDnd: true }, item, { rules: sets });
    assert.deepEqual([echo.steps, echo.facts], [[], []]);
    const lost = dndStory(dnd, {}, item, { rules: sets });
    assert.deepEqual(lost.steps, [], 'nor where that could not be taken note of');
  });

  it('stops no e-mails that are stopped, and none where the rule only watches or is off', () => {
    assert.deepEqual(namesOf(told(address(true), dnd, { rules: sets }, never)), ['tags']);
    const mode = (optOuts: 'observe' | 'off') =>
      told(address(true), {}, { rules: rulesWith({ settings: { unsubscribeSetsDnd: true }, sync: { optOuts } }) });
    assert.deepEqual(stepOf(mode('observe'), 'contact-observed').mode, 'observe');
    assert.deepEqual(namesOf(mode('off')), ['tags']);
  });
});
