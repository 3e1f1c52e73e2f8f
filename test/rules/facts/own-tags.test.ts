import assert from 'node:assert/strict';
import type { Action } from '../../../rules/rule-set.ts';
import type { PlanDraft } from '../../../rules/plan.ts';
import type { ContactHighlights, ContactState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { contactWith, rulesWith, story } from '../contact-story.ts';
import { customer, linked, namesOf, planOf, referral } from '../customers.ts';

const swap = (from: string, to: string): Action => ({
  id: `swap-${from}`,
  title: `Swap ${from} for ${to}`,
  mode: 'live',
  when: 'contact.tag.added',
  if: { all: [{ field: 'fact.tag', is: 'equals', value: from }] },
  do: (['remove', 'add'] as const).map((verb) => ({
    name: verb,
    operation: `ghl.contact.${verb}-tags`,
    input: { contactId: '{{ contact.id }}', tags: [verb === 'add' ? to : from] },
    sentence: 'swapped it',
  })),
});
const rules = rulesWith({ actions: [swap('hot', 'cold'), swap('cold', 'hot')] });

/** What is taken note of once these steps are done. */
function noted({ highlights }: PlanDraft, done: readonly string[]): ContactHighlights {
  const last = highlights.findLast(({ step }) => step === undefined || done.includes(step));
  return last?.value as ContactHighlights;
}

const told = (own: ContactState, more: Partial<CustomerState> = {}): PlanDraft =>
  planOf(story('tags', own, [], { rules, ...more }));

describe('tags that we have changed ourselves', () => {
  for (const [what, seen] of [
    ['is known', {}],
    ['was never seen', null],
  ] as const)
    it(`are no facts of a contact that ${what}: rules that would undo one another come to an end`, () => {
      const plan = told(contactWith({ tags: ['hot'] }, seen));
      assert.deepEqual(namesOf(plan), ['remove', 'add']);
      const again = told(contactWith({ tags: ['cold'] }, noted(plan, ['remove', 'add']), 2));
      assert.deepEqual([again.steps, again.facts, again.highlights], [[], [], []]);
    });

  it('are taken note of only once they are done', () => {
    const plan = told(contactWith({ tags: ['hot'] }));
    assert.deepEqual(noted(plan, []).tags, ['hot']);
    assert.deepEqual(noted(plan, ['remove']).tags, []);
  });

  it('hide no tag that a person has added before, and none that is added later', () => {
    const tag = { ...swap('x', 'cold'), when: 'referral.status', if: {} } as const;
    const link = linked(referral({ status: 'Approved' }));
    const own = contactWith({ tags: ['vip'] });
    const plan = planOf(
      customer([link], { contact: own, rules: { ...rules, actions: [{ ...tag, do: tag.do.slice(1) }] } }),
    );
    assert.deepEqual(noted(plan, ['add']).tags, ['cold']);
    const later = told(contactWith({ tags: ['cold', 'hot', 'vip'] }, noted(plan, ['add']), 2));
    assert.deepEqual(
      later.facts.map(({ data }) => data['tag']),
      ['hot', 'vip'],
    );
  });

  it('are not taken note of where a rule only watches', () => {
    const watching = rulesWith({ actions: [{ ...swap('hot', 'cold'), mode: 'observe' }] });
    const plan = told(contactWith({ tags: ['hot'] }), { rules: watching });
    assert.deepEqual(noted(plan, ['remove', 'add']).tags, ['hot']);
  });
});
