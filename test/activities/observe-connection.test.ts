import assert from 'node:assert/strict';
import { rewardRuleOf } from '../../activities/programs.ts';
import { loadConnection, markMended } from '../../store/connections.ts';
import { CONNECTION } from '../support/accounts.ts';
import { arrive, requestsDuring, type Story, stored } from './stories.ts';
import { failureOf, Workbench } from './workbench.ts';

describe('observe accounts', () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.open();
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const programs = () =>
    bench.database.db
      .selectFrom('programs')
      .select(['vendor_id', 'name', 'is_default', 'reward_rules'])
      .orderBy('name')
      .execute();
  const refuse = (vendor: 'ghl' | 'referral-rock', status: number, times = 9) =>
    bench.control('POST', 'faults', {
      faults: [{ vendor, kind: 'status', status, body: { message: 'Invalid token' }, times }],
    });

  it('learns at the start what the location calls its fields, stages, users and calendars', async () => {
    const rows = await bench.database.db
      .selectFrom('names')
      .select(['kind', 'vendor_id', 'name'])
      .where('kind', '!=', 'read')
      .execute();
    const { users, pipelines, customFields } = bench.sandbox.ghl;
    const count = (kind: string) => rows.filter((row) => row.kind === kind).length;
    assert.equal(count('user'), users.all().length);
    assert.equal(count('pipeline'), pipelines.all().length);
    assert.equal(count('stage'), pipelines.all().flatMap(({ stages }) => stages).length);
    assert.equal(count('customField'), customFields.all().length);
    assert.ok(count('calendar') > 0);
    assert.ok(rows.some(({ name }) => name === 'Maya Torres'));
  });

  describe('programs', () => {
    beforeEach(async () => {
      await bench.control('POST', 'reset', { seed: 'empty' });
      await bench.database.db.deleteFrom('programs').execute();
      await observe(await ofProgram(bench.sandbox.info.referralRock.programs[0]?.id ?? '', 'ProgramUpdate'));
    });

    const observe = (story: Story) => bench.call('referral-rock', 'observePrograms', story);
    const ofProgram = (vendorId: string, event: string) => arrive(bench, { trigger: 'program', vendorId, event });

    it('learns what programs there are, and what they pay for which status', async () => {
      const [customers] = await programs();
      assert.deepEqual(customers?.reward_rules, [
        { description: 'Approved referral', isEnabled: true, status: 'approved', amount: '$50.00' },
      ]);
      const { id } = (await bench.control('POST', 'programs', { name: 'Neighbours' })) as { id: string };
      await observe(await ofProgram(id, 'ProgramAdd'));
      assert.deepEqual(
        (await programs()).map(({ name }) => name),
        ['Customer Referrals', 'Neighbours', 'Partner Program'],
      );
      assert.equal((await stored(bench, 'program', id))?.data?.['name'], 'Neighbours');
    });

    it('forgets one that was deleted, and has another default if it was that', async () => {
      const { id } = bench.sandbox.info.referralRock.programs[0] ?? { id: '' };
      await bench.control('DELETE', `programs/${id}`);
      await observe(await ofProgram(id, 'ProgramDelete'));
      assert.deepEqual(
        (await programs()).map(({ name, is_default }) => [name, is_default]),
        [['Partner Program', true]],
      );
      assert.ok((await stored(bench, 'program', id))?.gone_at);
    });

    it('keeps the default that was chosen, and the rules that it may not read', async () => {
      const [, second] = bench.sandbox.info.referralRock.programs;
      const { db } = bench.database;
      await db.updateTable('programs').set({ is_default: false }).execute();
      await db
        .updateTable('programs')
        .set({ is_default: true })
        .where('vendor_id', '=', second?.id ?? '')
        .execute();
      const before = await programs();
      const story = await ofProgram(second?.id ?? '', 'ProgramUpdate');
      await bench.control('POST', 'faults', {
        faults: [
          { vendor: 'referral-rock', pathPattern: 'rewardrules', kind: 'status', status: 403, body: {}, times: 2 },
        ],
      });
      await observe(story);
      assert.deepEqual(await programs(), before);
    });
  });

  describe('the connection', () => {
    const check = (vendor: 'ghl' | 'referral-rock', story: Story) => bench.call(vendor, 'checkConnection', story);
    const ofLocation = (event: string) =>
      arrive(bench, { trigger: 'connection', vendorId: bench.sandbox.info.ghl.locationId, event });
    beforeEach(() => markMended(bench.database, CONNECTION));
    const broken = async () => (await loadConnection(bench.database, CONNECTION))?.broken_reason ?? null;

    async function checked(event: string): Promise<string | null> {
      const story = await ofLocation(event);
      for (const vendor of ['ghl', 'referral-rock'] as const) await check(vendor, story);
      return broken();
    }

    it('is mended by an answer of both vendors', async () => {
      await refuse('ghl', 401, 2);
      assert.match(String(await checked('INSTALL')), /ghl.location.get is refused \(HTTP 401\): Unauthorized/);
      await bench.control('DELETE', 'faults');
      assert.equal(await checked('INSTALL'), null);
    });

    it('is marked when only Referral Rock refuses', async () => {
      await refuse('referral-rock', 401);
      assert.match(String(await checked('INSTALL')), /^referral-rock\.program\.list is refused/);
      assert.match(String(await checked('INSTALL')), /^referral-rock\.program\.list is refused/);
    });

    it('is marked without a question when the app was taken off the location, until it is installed again', async () => {
      const story = await ofLocation('UNINSTALL');
      const asked = await requestsDuring(bench, async () => {
        await check('ghl', story);
        await check('referral-rock', story);
      });
      assert.deepEqual(asked, []);
      assert.match(String(await broken()), /install it again/);
      assert.equal(await checked('INSTALL'), null);
    });

    it('is not marked because a vendor is in trouble: the check is tried again', async () => {
      await bench.control('POST', 'faults', { faults: [{ vendor: 'ghl', kind: 'html-502', times: 1 }] });
      assert.equal((await failureOf(check('ghl', await ofLocation('INSTALL')))).nonRetryable, false);
      assert.equal(await broken(), null);
    });
  });
});

describe('reward rules', () => {
  for (const [what, rule, expected] of [
    ['a status in any casing', { trigger: { Status: 'QUALIFIED' }, reward: { Amount: 5 } }, ['qualified', '$5.00']],
    [
      'a trigger in one word',
      { trigger: 'ReferralApproved', reward: { value: '25 points' } },
      ['approved', '25 points'],
    ],
    ['a share', { trigger: { status: 'Approved' }, reward: { type: 'Percent', amount: 10 } }, ['approved', '10 %']],
    ['another currency', { trigger: {}, reward: { amount: 5, currencyCode: 'eur' } }, ['', '5.00 EUR']],
    ['nothing at all', {}, ['', '']],
  ] as const) {
    it(`understands a reward rule with ${what}`, () => {
      const { status, amount } = rewardRuleOf({ ruleId: 'r', ...rule }) ?? {};
      assert.deepEqual([status, amount], expected);
    });
  }

  it('leaves out a rule that another event than a status fires', () => {
    assert.equal(rewardRuleOf({ ruleId: 'r', trigger: { event: 'ReferralAction', status: null } }), undefined);
  });
});
