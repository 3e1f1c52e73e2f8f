import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { type FieldMapping, fieldMap } from '../../../rules/links/fields.ts';
import { type LinkMerge, mergeLink, withExternalId } from '../../../rules/links/merge-link.ts';
import type { RuleMode, Rules } from '../../../rules/rule-set.ts';
import type { Data, LinkState } from '../../../rules/records.ts';
import { updateLink } from '../../../rules/links/steps.ts';
import { contact, customer, linked, referral } from '../customers.ts';
import { shown } from '../shown-merge.ts';

const steps = { ghl: 'contact', rr: 'there' };

describe('the field map of a rule set', () => {
  const shownBy = (more: Partial<Rules>, link: LinkState, data: Data): string[] =>
    shown(mergeLink(customer([link], { rules: { ...defaultRules, ...more } }), link, data, steps));
  const mapped = (change: Partial<FieldMapping>): Partial<Rules> => ({
    fields: { ...fieldMap, referral: fieldMap.referral.map((mapping) => ({ ...mapping, ...change })) },
  });
  const travels: Partial<Rules> = { settings: { ...defaultRules.settings, propagateEmpty: true } };
  const emptied = contact({ lastName: '' }).data;
  const bothChanged = linked(referral({ lastName: 'Smith' }));
  const miller = contact({ lastName: 'Miller' }).data;

  for (const [promise, more, link, data, expected] of [
    ['keeps a value that was emptied on the other side', {}, linked(referral()), emptied, ['lastName is  / Doe']],
    [
      'empties the other side where emptiness travels',
      travels,
      linked(referral()),
      emptied,
      ['rr lastName: Doe -> ', 'lastName by there.lastName = '],
    ],
    [
      'keeps it where the field says so, whatever the setting',
      { ...travels, ...mapped({ propagateEmpty: false }) },
      linked(referral()),
      emptied,
      ['lastName is  / Doe'],
    ],
    [
      'empties it where the field says so, whatever the setting',
      mapped({ propagateEmpty: true }),
      linked(referral()),
      emptied,
      ['rr lastName: Doe -> ', 'lastName by there.lastName = '],
    ],
    [
      'lets Referral Rock win where the field says so',
      mapped({ policy: 'rr wins' }),
      bothChanged,
      miller,
      ['ghl lastName: Miller -> Smith', 'lastName by contact.lastName = Smith'],
    ],
    [
      'writes nothing against the direction of a field',
      mapped({ direction: 'rr->ghl' }),
      linked(referral()),
      miller,
      ['lastName is Miller / Doe'],
    ],
  ] as const) {
    it(promise, () => assert.deepEqual(shownBy(more, link, data), expected));
  }

  const mode = (fields: RuleMode): Partial<Rules> => ({ sync: { ...defaultRules.sync, fields } });

  it('says what it would write where it only watches, and moves no baseline', () => {
    const link = linked(referral());
    const state = customer([link], { rules: { ...defaultRules, ...mode('observe') } });
    const watched = mergeLink(state, link, miller, steps);
    assert.deepEqual(watched.toRr, [{ field: 'lastName', before: 'Doe', after: 'Miller', mode: 'observe' }]);
    assert.deepEqual(watched.merges, []);
  });

  it('keeps what would be written apart from what is written', () => {
    const [written, watched] = updateLink(
      linked(referral()),
      'referral',
      [
        { field: 'note', before: '', after: 'Hi' },
        { field: 'lastName', before: 'Doe', after: 'Miller', mode: 'observe' },
      ],
      [],
    );
    assert.deepEqual(
      [written, watched].map((step) => [step?.name, step?.mode, step?.input['referral']]),
      [
        ['referral', 'live', { note: 'Hi' }],
        ['referral-observed', 'observe', { lastName: 'Miller' }],
      ],
    );
    assert.deepEqual(watched?.changes, [{ field: 'lastName', before: 'Doe', after: 'Miller' }]);
  });

  it('does not look at a field where it is off', () => {
    assert.deepEqual(shownBy(mode('off'), linked(referral()), miller), []);
    assert.deepEqual(shownBy(mode('off'), bothChanged, miller), []);
  });

  it('keeps the contact id to itself where it only watches or is off', () => {
    const nothing: LinkMerge = { toGhl: [], toRr: [], merges: [], conflicts: [] };
    const written = (fields: RuleMode): LinkMerge => {
      const state = customer([referral()], { rules: { ...defaultRules, ...mode(fields) } });
      return withExternalId(nothing, state, referral(), 'c1', 'there');
    };
    assert.deepEqual([written('observe').toRr.map((one) => one.mode), written('observe').merges], [['observe'], []]);
    assert.deepEqual(written('off'), nothing);
  });
});
