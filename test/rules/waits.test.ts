import assert from 'node:assert/strict';
import type { Wait } from '../../rules/rule-set.ts';
import { wakeAt, whyNoWait } from '../../rules/actions/waits.ts';

const ZONE = 'America/Chicago';
// A Friday, 10:30 in Chicago; the clock goes forward on the Sunday.
const NOW = '2026-03-06T16:30:00.000Z';

describe('a wait', () => {
  for (const [wait, until] of [
    ['30 minutes', '2026-03-06T17:00:00.000Z'],
    ['2 days', '2026-03-08T15:30:00.000Z'],
    ['1 business day', '2026-03-09T15:30:00.000Z'],
    ['3 business days', '2026-03-11T15:30:00.000Z'],
    ['2 weeks', '2026-03-20T15:30:00.000Z'],
    [{ until: '17:00' }, '2026-03-06T23:00:00.000Z'],
    [{ until: '09:00' }, '2026-03-07T15:00:00.000Z'],
    [{ for: '1 business day', until: '11:00' }, '2026-03-09T16:00:00.000Z'],
    [{ for: '2 days', until: '09:00' }, '2026-03-09T14:00:00.000Z'],
  ] as const satisfies [Wait['wait'], string][]) {
    it(`of ${JSON.stringify(wait)} is over at ${until}`, () => assert.equal(wakeAt({ wait }, NOW, ZONE), until));
  }

  for (const wait of ['soon', '2', '2 months', '-1 days', { until: '9' }, { until: '24:00' }, {}, { for: 'a day' }]) {
    it(`of ${JSON.stringify(wait)} is refused`, () => assert.match(String(whyNoWait({ wait })), /^wants /u));
  }
});
