import assert from 'node:assert/strict';
import got from 'got';
import { addMember, addContact, refer, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

describe('the match report', function () {
  this.timeout(180_000);
  let rockbridge: RunningRockbridge;
  let report: Json;

  before(async () => {
    rockbridge = await RunningRockbridge.start({
      mode: 'observe',
      quota: 'high',
      sandbox: { seed: 'lifelike' },
    });
    report = await make({ since: '2020-01-01T00:00:00Z' });
  });
  after(() => rockbridge.close());

  const path = (): string => `connections/${rockbridge.connectionId}/match`;

  async function make(body: object = {}): Promise<Json> {
    const { id } = await rockbridge.api(path(), 'POST', body);
    for (;;) {
      const now = await rockbridge.api(path());
      assert.equal(now['id'], id);
      if (now['status'] !== 'running') return now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const refusalOf = async (answer: Promise<Json>): Promise<[number, string]> => {
    try {
      return [200, JSON.stringify(await answer)];
    } catch (error) {
      const { response } = error as { response: { statusCode: number; body: string } };
      return [response.statusCode, response.body];
    }
  };

  it('says of every member and referral what would become of it', () => {
    const { members, referrals } = rockbridge.sandbox.referralRock;
    const { counts, progress } = report;
    const sum = (of: Record<string, number>): number => Object.values(of).reduce((all, n) => all + n, 0);
    assert.equal(report['status'], 'done', report['reason']);
    assert.deepEqual([sum(counts.members), sum(counts.referrals)], [members.all().length, referrals.all().length]);
    assert.equal(progress.contacts, rockbridge.sandbox.ghl.contacts.all().length);
  });

  it('finds nine of ten members and two of five referrals among the contacts, and would create the others', () => {
    const { members, referrals } = report['counts'];
    assert.deepEqual(members, { link: 40, 'create-contact': 4 });
    assert.deepEqual(referrals, { link: 27, 'create-contact': 39 });
  });

  it('names the tags and custom fields that it would add', () => {
    const { tags, customFields } = report['counts'];
    const names = (tags as { name: string }[]).map(({ name }) => name);
    assert.ok(
      ['rr-member', 'rr-referral', 'rr-status:customer referrals:pending'].every((tag) => names.includes(tag)),
      names.join(),
    );
    assert.ok((customFields as string[]).includes('Referral code'));
  });

  it('lists its lines by verdict, page by page', async () => {
    const first = await rockbridge.api(`${path()}?verdict=create-contact&limit=30`);
    const second = await rockbridge.api(`${path()}?verdict=create-contact&limit=30&cursor=${first['next']}`);
    const lines = [...first['lines'], ...second['lines']] as { id: string; verdict: string }[];
    assert.equal(new Set(lines.map(({ id }) => id)).size, 43);
    assert.deepEqual([...new Set(lines.map(({ verdict }) => verdict))], ['create-contact']);
    assert.equal(second['next'], null);
  });

  it('comes as CSV, a line for each record', async () => {
    const text = await got(`${rockbridge.url}/api/${path()}.csv`, {
      headers: { authorization: 'Bearer test-admin-token' },
    }).text();
    const lines = text.trim().split('\r\n');
    assert.equal(lines.length, 1 + 44 + 66);
    assert.equal(lines[0], 'kind,id,verdict,foundBy,contactId,foreignId,tags,customFields,candidates,sentence');
  });

  it('writes nothing to a vendor, and holds only ids in its history', async () => {
    assert.deepEqual(await rockbridge.ledger(), []);
    const handle = rockbridge.client.workflow.getHandle(`match/${rockbridge.connectionId}`);
    const history = JSON.stringify(await handle.fetchHistory());
    for (const { email, lastName } of rockbridge.sandbox.ghl.contacts.all().slice(0, 50)) {
      assert.ok(!history.includes(String(email)) && !history.includes(`"${lastName}"`));
    }
  });

  it('leaves what is from before the start when nobody says otherwise', async () => {
    const { counts } = await make();
    assert.deepEqual(
      [counts.members, counts.referrals],
      [
        { link: 40, left: 4 },
        { link: 27, left: 39 },
      ],
    );
    assert.deepEqual([counts.createContacts, counts.createMembers, counts.tags], [0, 0, []]);
  });

  it('tells what is ambiguous and what is unsyncable, and counts one person once', async () => {
    await rockbridge.control('PUT', 'settings', { ghl: { allowDuplicateContact: true } });
    const twins = somebody();
    await addContact(rockbridge, twins);
    await addContact(rockbridge, twins);
    const once = somebody();
    const member = await addMember(rockbridge, once);
    await addMember(rockbridge, once, 1);
    const [asked, nameless] = [
      await refer(rockbridge, member, twins),
      await refer(rockbridge, member, { firstName: 'Ann', lastName: '', email: 'not-an-address' }),
    ];
    const { counts } = await make({ since: '2020-01-01T00:00:00Z' });
    const { lines } = await rockbridge.api(`${path()}?verdict=ambiguous`);
    assert.deepEqual(
      (lines as Json[]).map(({ id, candidates }) => [id, candidates.length]),
      [[asked.id, 2]],
    );
    const { lines: without } = await rockbridge.api(`${path()}?verdict=unsyncable`);
    assert.deepEqual(
      (without as Json[]).map(({ id }) => id),
      [nameless.id],
    );
    assert.equal(counts.createContacts, 43 + 1);
  });

  it('lets the connection go live only once a person has confirmed it', async () => {
    const live = (body: object = {}): Promise<Json> =>
      rockbridge.api(`connections/${rockbridge.connectionId}`, 'PATCH', { mode: 'live', ...body });
    const [status, words] = await refusalOf(live());
    assert.equal(status, 409);
    assert.match(words, /cannot go live: nobody has confirmed the match report/);
    const before = Date.now();
    const { mode, since } = await live({ confirm: true });
    assert.equal(mode, 'live');
    assert.ok(Date.parse(since) >= before - 1_000);
  });
});
