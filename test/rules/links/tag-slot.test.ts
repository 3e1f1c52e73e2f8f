import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import type { RuleMode } from '../../../rules/rule-set.ts';
import type { FieldBaseline, LinkState } from '../../../rules/records.ts';
import { tagSlotChanges } from '../../../rules/links/tag-slot.ts';
import { customer, linked, member, referral } from '../customers.ts';

const known = (ghl: string, rr: string, more: Partial<FieldBaseline['rr']> = {}): LinkState['baselines'] => ({
  tags: { ghl: { value: ghl }, rr: { value: rr, ...more } },
});
const held = (value: string, name = 'GHL tags') => ({ customText3Name: name, customText3Value: value });

function slotOf(link: LinkState, tags: readonly string[], mode: RuleMode = 'live') {
  const rules = { ...defaultRules, sync: { ...defaultRules.sync, tags: mode } };
  return tagSlotChanges(customer([link], { rules }), link, tags);
}

/** `customText3Value: '' -> vip`, then what the baselines become. */
function shown(link: LinkState, tags: readonly string[]): string[] {
  const { toRr, merges, warnings } = slotOf(link, tags);
  return [
    ...toRr.map(({ field, before, after }) => `${field}: ${String(before)} -> ${String(after)}`),
    ...merges.map(({ ghl, rr, written }) =>
      written ? `tags by ${written.step}.${written.as} = ${written.value}` : `tags is ${String(ghl)} / ${String(rr)}`,
    ),
    ...warnings.map(() => 'warns'),
  ];
}

const cases: [promise: string, link: LinkState, tags: readonly string[], expected: string[]][] = [
  [
    'takes slot 3 of a referral, under its name',
    linked(referral()),
    ['vip'],
    ['customText3Name: null -> GHL tags', 'customText3Value: null -> vip', 'tags by referral.customText3Value = vip'],
  ],
  [
    'takes slot 2 of a member',
    linked(member()),
    ['vip'],
    ['customText2Name: null -> GHL tags', 'customText2Value: null -> vip', 'tags by member.customText2Value = vip'],
  ],
  [
    'joins them sorted and in lower case, each once, without our own',
    linked(referral(held('old')), { baselines: known('old', 'old') }),
    ['VIP', 'rr-status:pending', 'a b', 'vip'],
    ['customText3Value: old -> a b, vip', 'tags by referral.customText3Value = a b, vip'],
  ],
  [
    'writes nothing where the slot holds them',
    linked(referral(held('vip')), { baselines: known('vip', 'vip') }),
    ['vip'],
    [],
  ],
  ['takes note of what stands there already', linked(referral(held('vip'))), ['vip'], ['tags is vip / vip']],
  ['needs no note that nobody has any', linked(referral(), { baselines: {} }), ['rr-referral'], []],
  ['writes nothing for a contact that has none', linked(referral(), { baselines: known('', '') }), ['rr-referral'], []],
  [
    'empties the slot when the last tag is gone',
    linked(referral(held('vip')), { baselines: known('vip', 'vip') }),
    [],
    ['customText3Value: vip -> ', 'tags by referral.customText3Value = '],
  ],
  [
    'leaves a slot of another name alone, and warns',
    linked(referral(held('blue', 'Favourite colour'))),
    ['vip'],
    ['tags is vip / ', 'warns'],
  ],
  [
    'warns once of the same tags',
    linked(referral(held('blue', 'Favourite colour')), { baselines: known('vip', '') }),
    ['vip'],
    [],
  ],
  [
    'leaves text alone that stands in a slot without a name',
    linked(referral(held('blue', ''))),
    ['vip'],
    ['tags is vip / ', 'warns'],
  ],
  [
    'knows its own text where Referral Rock did not keep the name',
    linked(referral(held('vip', '')), { baselines: known('vip', 'vip') }),
    ['vip', 'new'],
    [
      'customText3Name:  -> GHL tags',
      'customText3Value: vip -> new, vip',
      'tags by referral.customText3Value = new, vip',
    ],
  ],
  [
    'does not repeat what Referral Rock did not take',
    linked(referral(held('')), { baselines: known('old', '', { refused: 'vip' }) }),
    ['vip'],
    [],
  ],
  [
    'writes other tags after that',
    linked(referral(held('')), { baselines: known('vip', '', { refused: 'vip' }) }),
    ['vip', 'new'],
    ['customText3Value:  -> new, vip', 'tags by referral.customText3Value = new, vip'],
  ],
  [
    'leaves what a person wrote over it, until the tags change',
    linked(referral(held('mine')), { baselines: known('vip', 'vip') }),
    ['vip'],
    ['tags is vip / mine'],
  ],
  [
    'takes back a write of ours that nobody wants any more',
    linked(referral(held('new')), { baselines: known('vip', 'vip', { pending: 'new' }) }),
    ['vip'],
    ['customText3Value: new -> vip', 'tags by referral.customText3Value = vip'],
  ],
  [
    'only takes note for a record from before the start',
    linked(referral({ createDate: '2025-06-01T00:00:00Z' }), { baselines: {} }),
    ['vip'],
    ['tags is vip / '],
  ],
  [
    'writes what changes later, for such a record too',
    linked(referral({ createDate: '2025-06-01T00:00:00Z' }), { baselines: known('vip', '') }),
    ['new'],
    ['customText3Name: null -> GHL tags', 'customText3Value: null -> new', 'tags by referral.customText3Value = new'],
  ],
];

describe("a contact's tags in a custom slot", () => {
  for (const [promise, link, tags, expected] of cases) {
    it(promise, () => assert.deepEqual(shown(link, tags), expected));
  }

  it('names the record in a warning, and nothing of what stands there', () => {
    const { warnings } = slotOf(linked(referral(held('blue', 'Favourite colour'))), ['vip']);
    assert.match(warnings.join(), /referral r1: its slot customText3/);
    assert.doesNotMatch(warnings.join(), /blue|colour|vip/);
  });

  it('are only looked at where the rule watches, and not even that where it is off', () => {
    const link = linked(referral());
    const watched = slotOf(link, ['vip'], 'observe');
    assert.deepEqual([watched.toRr.map(({ mode }) => mode), watched.merges], [['observe', 'observe'], []]);
    assert.deepEqual(slotOf(link, ['vip'], 'off'), { toRr: [], merges: [], warnings: [] });
  });
});
