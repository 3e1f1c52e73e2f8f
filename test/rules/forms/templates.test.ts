import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  fillAnswers,
  renameAnswers,
  renderTemplates,
  stepAnswer,
  stepsNamedIn,
} from '../../../rules/forms/templates.ts';

const scope = { now: '2026-03-06T16:30:00.000Z', zone: 'America/Chicago', who: 'Jane', nobody: '', nothing: null };

const cases: [promise: string, template: unknown, expected: unknown][] = [
  ['puts names in', 'Call {{ who }}', 'Call Jane'],
  ['renders every text of an object', { a: ['{{ who }}', { b: 'x{{ who }}' }] }, { a: ['Jane', { b: 'xJane' }] }],
  ['leaves out what comes out empty', { a: '{{ nobody }}', b: ['{{ nobody }}', 'x'] }, { b: ['x'] }],
  ['keeps what is no text', { done: false, n: 0, none: null }, { done: false, n: 0, none: null }],
  ['takes away the space around', '  {{ who }}\n', 'Jane'],
  ['falls back where nothing is', `{{ nobody | default: 'somebody' }}`, 'somebody'],
  ['asks for what may be nothing', '{% if nothing %}x{% endif %}y', 'y'],
  ['lets a placeholder that stands in it pass', 'see {{steps.task.id}} of {{ who }}', 'see {{steps.task.id}} of Jane'],
];

describe('a template', () => {
  for (const [promise, template, expected] of cases) {
    it(promise, () => assert.deepEqual(renderTemplates(template, scope), expected));
  }

  it('lets a placeholder that is put in pass', () => {
    const rendered = renderTemplates('{{ contact }}', { contact: stepAnswer('contact', 'id') });
    assert.equal(rendered, '{{steps.contact.id}}');
  });

  for (const [what, template] of [
    ['name', '{{ contcat }}'],
    ['name inside a known one', '{{ fact.form }}'],
    ['name of every object', '{{ fact.constructor }}'],
    ['filter', '{{ who | shout }}'],
    ['tag', '{% include "x" %}{% nonsense %}'],
    ['step without its answer', '{{ steps.contact }}'],
  ] as const) {
    it(`refuses an unknown ${what}`, () => {
      assert.throws(() => renderTemplates({ a: [template] }, { ...scope, fact: {} }));
    });
  }

  it("puts people's text in as it stands, whatever it looks like", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (who) => {
        assert.equal(renderTemplates('{{ who }}', { who }), who.trim());
      }),
    );
    assert.equal(renderTemplates('{{ who }}', { who: '{{ zone }} <b>&{% x %}' }), '{{ zone }} <b>&{% x %}');
  });
});

describe('a due date', () => {
  const due = (now: string, days: number, zone: string): unknown =>
    renderTemplates(`{{ now | due: ${days}, 17, zone }}`, { now, zone });

  for (const [promise, now, days, zone, expected] of [
    ['is at that hour of the zone', '2026-03-02T16:30:00.000Z', 1, 'America/Chicago', '2026-03-03T23:00:00.000Z'],
    [
      'is at that hour after the clocks go forward',
      '2026-03-07T16:30:00Z',
      1,
      'America/Chicago',
      '2026-03-08T22:00:00.000Z',
    ],
    [
      'is at that hour after the clocks go back',
      '2026-10-31T16:30:00Z',
      1,
      'America/Chicago',
      '2026-11-01T23:00:00.000Z',
    ],
    [
      'is at that hour on the day the clocks went forward',
      '2026-03-08T07:30:00Z',
      0,
      'America/Chicago',
      '2026-03-08T22:00:00.000Z',
    ],
    [
      'counts days by the calendar of the zone',
      '2026-03-03T03:00:00Z',
      1,
      'America/Chicago',
      '2026-03-03T23:00:00.000Z',
    ],
    [
      'counts days by the calendar of a zone ahead',
      '2026-03-03T12:00:00Z',
      1,
      'Pacific/Auckland',
      '2026-03-05T04:00:00.000Z',
    ],
    ['goes over the end of a month', '2028-02-28T18:00:00Z', 2, 'Europe/Berlin', '2028-03-01T16:00:00.000Z'],
  ] as const) {
    it(promise, () => assert.equal(due(now, days, zone), expected));
  }

  it('is that many calendar days later at that hour, any time of any year in any zone', () => {
    const zones = fc.constantFrom('America/Chicago', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const times = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 40 }), zones, (time, days, zone) => {
        const local = DateTime.fromISO(String(due(time.toISOString(), days, zone)), { zone });
        const today = DateTime.fromJSDate(time, { zone }).startOf('day');
        assert.equal(local.toFormat('HH:mm'), '17:00');
        assert.equal(Math.round(local.startOf('day').diff(today, 'days').days), days);
      }),
    );
  });

  it('is shown as the day of the zone', () => {
    const day = (zone: string): unknown =>
      renderTemplates('{{ now | day: zone }}', { now: '2026-03-03T03:00:00Z', zone });
    assert.deepEqual([day('America/Chicago'), day('Europe/Berlin')], ['2026-03-02', '2026-03-03']);
  });
});

describe('placeholders', () => {
  const input = { contactId: stepAnswer('contact', 'id'), body: ['see {{steps.onboarding-task.id}}', 7, null] };
  const answers = { contact: { id: 'c1' }, 'onboarding-task': { id: 12 } };

  it('are filled with the answers of the steps they name', () => {
    assert.deepEqual(fillAnswers(input, answers), { contactId: 'c1', body: ['see 12', 7, null] });
  });

  it('name the steps that must come before', () => {
    assert.deepEqual(stepsNamedIn([input, input]), ['contact', 'onboarding-task']);
    assert.deepEqual(stepsNamedIn({ contactId: 'c1' }), []);
  });

  it('stay as they stand when they name no step of the plan: a person wrote them', () => {
    assert.equal(fillAnswers('see {{steps.other.id}}', { contact: { id: 'c1' } }), 'see {{steps.other.id}}');
  });

  it('are no call without their answer: the error names the step', () => {
    assert.throws(
      () => fillAnswers(input, { ...answers, contact: { id: null } }),
      /Step contact has no answer named id/,
    );
  });

  it('follow when the step gets another name', () => {
    const renamed = renameAnswers(input, (step) => (step === 'contact' ? 'contact-2' : step));
    assert.deepEqual(stepsNamedIn(renamed), ['contact-2', 'onboarding-task']);
  });

  it('survive rendering and are filled, in any value', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('{') && one.trim() !== '');
    const value = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, text, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    })).value;
    fc.assert(
      fc.property(value, text, (rest, answer) => {
        const rendered = renderTemplates([rest, 'a{{ id }}'], { id: stepAnswer('contact', 'id') });
        const filled = fillAnswers(rendered, { contact: { id: answer } }) as unknown[];
        assert.equal(filled.at(-1), `a${answer}`);
      }),
    );
  });
});
