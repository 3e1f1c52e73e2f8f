import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operations } from '../../vendors/operations.ts';
import { triggerRecords } from '../../vendors/triggers.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

const tool = fileURLToPath(new URL('../../scripts/rockbridge.ts', import.meta.url));

interface Said {
  code: number;
  out: string;
  err: string;
}

describe('the command line', () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'rockbridge-cli-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs `npx rockbridge <args>` for a bridge at `url`; standard input is no terminal. */
  function run(url: string, ...args: string[]): Promise<Said> {
    return runWith({}, url, ...args);
  }

  function runWith(more: Record<string, string>, url: string, ...args: string[]): Promise<Said> {
    const { hostname, port } = new URL(url);
    const env = {
      ...process.env,
      HOST: hostname,
      PORT: port,
      DATA_DIR: folder,
      ROCKBRIDGE_ADMIN_TOKEN: 'test-admin-token',
      GHL_BASE_URL: 'https://services.leadconnectorhq.com',
      REFERRAL_ROCK_BASE_URL: 'https://api.referralrock.com',
      ...more,
    };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [tool, ...args],
        { env, cwd: folder, maxBuffer: 1 << 26 },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.end();
    });
  }

  describe('without a bridge', () => {
    const nobody = 'http://127.0.0.1:9';

    it('lists the whole catalog', async () => {
      const { code, out, err } = await run(nobody, 'catalog');
      assert.equal(code, 0);
      assert.match(err, /No bridge runs here: this is the list of this installation/);
      assert.match(out, /^161 operations, 48 triggers$/m);
      for (const id of [...operations.keys(), ...triggerRecords.keys()])
        assert.ok(
          out.split('\n').some((line) => line.startsWith(`${id} `)),
          id,
        );
      assert.match(out, /^referral-rock\.referral\.set-status +money +POST +\/api\/referral\/update/m);
      assert.match(out, /^ghl\.contact-update +ContactUpdate +contactChanged/m);
    });

    it('lists it also before there is a token', async () => {
      assert.equal((await runWith({ ROCKBRIDGE_ADMIN_TOKEN: '' }, nobody, 'catalog')).code, 0);
    });

    it('lists what is asked for, also as JSON', async () => {
      const { code, out } = await run(nobody, 'catalog', '--vendor', 'referral-rock', '--effect', 'money', '--json');
      const { entries, total } = JSON.parse(out) as { entries: Json[]; total: number };
      assert.deepEqual([code, total, entries.length], [0, 13, 13]);
      assert.ok(entries.every(({ effect, input }) => effect === 'money' && input.type === 'object'));
      const resource = await run(nobody, 'catalog', '--resource', 'note', '--kind', 'trigger');
      assert.match(resource.out, /^0 operations, 3 triggers$/m);
    });

    it('refuses a resource that nothing is about, naming the nearest or all', async () => {
      for (const [resource, says] of [
        ['contcat', /Nothing is about "contcat"\. The nearest: contact/],
        ['zzzzzzzzz', /There are: .*contact, .*referral/],
      ] as const) {
        const { code, out, err } = await run(nobody, 'catalog', '--resource', resource);
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, says);
      }
      assert.equal((await run(nobody, 'catalog', '--resource', 'contact', '--effect', 'money')).code, 0);
    });

    it('says which filters there are', async () => {
      const { code, err } = await run(nobody, 'catalog', '--effect', 'pay');
      assert.equal(code, 1);
      assert.match(err, /read, write, delete, money/);
    });

    it('shows a request without sending it, and without the secret', async () => {
      const input = { query: { primaryInfo: { referralId: 'r1' } }, referral: { status: 'approved' } };
      const args = ['call', 'referral-rock.referral.set-status', '--dry-run', '--input', JSON.stringify(input)];
      const { code, out } = await run(nobody, ...args);
      assert.equal(code, 0);
      assert.equal(
        out,
        `POST https://api.referralrock.com/api/referral/update
accept: application/json
authorization: Basic [secret]

${JSON.stringify([input], undefined, 2)}
`,
      );
      const read = await run(nobody, 'call', 'ghl.contact.get', '--dry-run', '--input', '{"contactId":"c1"}');
      assert.match(
        read.out,
        /^GET https:\/\/services\.leadconnectorhq\.com\/contacts\/c1\n(.*\n)*version: 2021-07-28\n/,
      );
    });

    const refused: [string, string[], RegExp][] = [
      [
        'an unknown operation, naming the nearest ones',
        ['ghl.contact.gte'],
        /no operation "ghl\.contact\.gte"\. The nearest: ghl\.contact\.get/,
      ],
      [
        'a missing field, naming it and what it wants',
        ['ghl.contact.get'],
        /ghl\.contact\.get: not sent, contactId: .*string/,
      ],
      ['a wrong field, naming it', ['referral-rock.member.list', '--input', '{"count":"many"}'], /count: .*number/],
      ['an unknown field, naming it', ['referral-rock.program.list', '--input', '{"programm":"x"}'], /programm/],
      ['input that is no JSON', ['ghl.contact.get', '--input', '{contactId}'], /--input is no JSON/],
      ['input that is no object', ['ghl.contact.get', '--input', '[]'], /--input wants a JSON object/],
      ['a call that nobody takes', ['referral-rock.program.list'], /There is no bridge at http:\/\/127\.0\.0\.1:9/],
    ];
    for (const [what, args, says] of refused) {
      it(`refuses ${what}`, async () => {
        const { code, out, err } = await run(nobody, 'call', ...args);
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, says);
        assert.ok(!err.includes('    at '), err);
      });
    }
  });

  describe('with a running instance', () => {
    let rockbridge: RunningRockbridge;
    before(async () => {
      rockbridge = await RunningRockbridge.start({ quota: 'high', sandbox: { seed: 'lifelike' } });
    });
    after(() => rockbridge.close());

    const call = (operation: string, input: object, ...more: string[]): Promise<Said> =>
      run(rockbridge.url, 'call', operation, '--input', JSON.stringify(input), ...more);

    it('reads a contact of GoHighLevel and a member of Referral Rock', async () => {
      const [contact] = rockbridge.sandbox.ghl.contacts.all();
      const read = await call('ghl.contact.get', { contactId: contact?.id });
      assert.equal(read.code, 0, read.err);
      assert.equal((JSON.parse(read.out) as Json)['contact'].id, contact?.id);
      const [member] = rockbridge.sandbox.referralRock.members.all();
      const found = await call('referral-rock.member.list', { query: member?.id });
      assert.equal(found.code, 0, found.err);
      assert.equal((JSON.parse(found.out) as Json)['members'][0].id, member?.id);
    });

    it('lists the catalog of the instance', async () => {
      const { code, out, err } = await run(rockbridge.url, 'catalog');
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^161 operations, 48 triggers$/m);
    });

    it('lists nothing in its place when the instance refuses the token, or there is none', async () => {
      for (const [token, says] of [
        ['another', /The bridge answered 401: .*is ROCKBRIDGE_ADMIN_TOKEN that of the running bridge/],
        ['', /ROCKBRIDGE_ADMIN_TOKEN: is missing/],
      ] as const) {
        const { code, out, err } = await runWith({ ROCKBRIDGE_ADMIN_TOKEN: token }, rockbridge.url, 'catalog');
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, says);
      }
    });

    it('shows the words, the status and the trace id of a refusal', async () => {
      const { locationId } = rockbridge.sandbox.info.ghl;
      const contact = rockbridge.sandbox.ghl.contacts.all().find(({ email }) => email);
      const { code, out, err } = await call('ghl.contact.create', { locationId, email: contact?.email });
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /GHL answered 400: This location does not allow duplicated contacts/);
      assert.match(err, /status 400 · trace [0-9a-f-]{36} · Conflict/);
    });

    it('asks before money moves, and does nothing when nobody says yes', async () => {
      const referral = rockbridge.sandbox.referralRock.referrals.all().find(({ status }) => status === 'Pending');
      const input = { query: { primaryInfo: { referralId: referral?.id } }, referral: { status: 'qualified' } };
      const status = () => rockbridge.sandbox.referralRock.referrals.get(referral?.id ?? '')?.status;
      const asked = await call('referral-rock.referral.set-status', input);
      assert.deepEqual([asked.code, asked.out, status()], [3, '', 'Pending']);
      assert.match(asked.err, /effect money.*may create and pay rewards.*\n.*was not called.*--yes/);
      const done = await call('referral-rock.referral.set-status', input, '--yes');
      assert.deepEqual([done.code, status()], [0, 'Qualified'], done.err);
    });

    it('asks before it deletes', async () => {
      const { code, err } = await call('ghl.contact.delete', { contactId: 'c1' });
      assert.equal(code, 3);
      assert.match(err, /ghl\.contact\.delete \(effect delete\)/);
    });

    it('says which connections there are when it is given another', async () => {
      const { code, err } = await call('referral-rock.program.list', {}, '--connection', 'elsewhere');
      assert.equal(code, 1);
      assert.match(err, /no connection "elsewhere"; there are: sandbox/);
    });
  });

  it('is told of with examples that work, in its help and in README.md', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const { out: help } = await run('http://127.0.0.1:9', '--help');
    for (const text of [readme, help]) {
      assert.match(text, /npx rockbridge catalog/);
      const examples = [...text.matchAll(/npx rockbridge call ([a-z][\w.-]+)(?:.*--input '(.*)')?/g)];
      assert.ok(examples.length > 0);
      for (const [, id = '', input = '{}'] of examples) {
        const { code, err } = await run('http://127.0.0.1:9', 'call', id, '--dry-run', '--input', input);
        assert.equal(code, 0, err);
      }
    }
    assert.match(readme, /--dry-run/);
    assert.match(
      readme,
      /ROCKBRIDGE_SECRET`:\n\n    ACCOUNTS_ENV=\.env docker compose up -d bridge worker temporal-ui\n/,
    );
  });

  it('explains itself', async () => {
    for (const command of ['catalog', 'call']) {
      const { code, out } = await run('http://127.0.0.1:9', command, '--help');
      assert.equal(code, 0);
      assert.match(out, /Examples:/);
      assert.match(out, /Exit codes: 0 /);
    }
  });
});
