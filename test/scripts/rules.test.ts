import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { parse } from 'yaml';
import { fileOf, resolveRules } from '../../rules/rule-sets/resolve-rules.ts';
import { addRules } from '../../scripts/commands/rules.ts';
import { CommandError } from '../../scripts/support/api.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from '../bridge/bridge-under-test.ts';
import { addConnection } from '../support/databases.ts';

const tool = fileURLToPath(new URL('../../scripts/rockbridge.ts', import.meta.url));

interface Said {
  code: number;
  out: string;
  err: string;
}

const WELCOME = `actions:
  - id: onboarding-task
    mode: off
  - id: welcome
    when: member.added
    do:
      - name: call
        operation: ghl.task.create
        input:
          contactId: '{{ contact.id }}'
          title: 'Welcome'
          dueDate: '{{ now | due: 2, 10, connection.timeZone }}'
          completed: false
          assignedTo: "{{ 'Jane Doe' | user }}"
        sentence: created a task to welcome the member
`;

describe('npx rockbridge rules', () => {
  let folder: string;
  let database: Database;
  let bridge: BridgeUnderTest;
  let port: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-rules-'));
    database = await openDatabase({});
    await addConnection(database);
    await addConnection(database, 'second', { location: 'location-2', token: 'token-2', program: 'program-2' });
    bridge = startBridge(database);
    port = Number(new URL(await bridge.server.listen({ port: 0, host: '127.0.0.1' })).port);
  });
  beforeEach(async () => {
    await database.db.deleteFrom('rule_sets').execute();
    await database.db.updateTable('connections').set({ rule_set: 'default', overrides: '{}' }).execute();
  });
  after(async () => {
    await bridge.server.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the command in this process: starting one takes a second. */
  async function rules(...args: string[]): Promise<Said> {
    const said: Said = { code: 0, out: '', err: '' };
    const { log, error } = console;
    const { env, exitCode } = process;
    console.log = (line: string) => void (said.out += `${line}\n`);
    console.error = (line: string) => void (said.err += `${line}\n`);
    process.env = { ...env, ...settings() };
    try {
      const program = new Command();
      addRules(program);
      await program.parseAsync(['rules', ...args], { from: 'user' });
      said.code = Number(process.exitCode ?? 0);
    } catch (problem) {
      if (!(problem instanceof CommandError)) throw problem;
      said.code = 1;
      said.err += `${problem.message}\n`;
    } finally {
      Object.assign(console, { log, error });
      process.env = env;
      process.exitCode = exitCode;
    }
    return said;
  }

  function rulesAsProcess(...args: string[]): Promise<Said> {
    const env = { ...process.env, ...settings() };
    return new Promise((resolve) => {
      execFile(process.execPath, [tool, 'rules', ...args], { env, cwd: folder }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  const settings = () => ({
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder,
    ROCKBRIDGE_ADMIN_TOKEN: ADMIN_TOKEN,
  });

  function file(text: string, name = 'rules.yaml'): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  const version = async () => (await bridge.get('/api/rule-sets/default')).body['version'];

  it('exports what, applied again, changes nothing', async () => {
    const exported = await rules('export');
    assert.deepEqual([exported.code, exported.err], [0, '']);
    assert.match(exported.out, /^# The rule set "default", as it is built in\.\n/);
    assert.match(exported.out, /\n {2}# Which notes of a contact become lines: .*\n {2}notes: all\n/);
    assert.match(exported.out, /\n {4}email: \{ rr: email, direction: both, policy: ghl wins \}\n/);
    assert.deepEqual(parse(exported.out), fileOf(resolveRules('default', undefined, {})));
    const { code, out } = await rules('apply', file(exported.out), '--dry-run');
    assert.equal(code, 0);
    assert.equal(out, 'connections default, second: nothing changes\nNothing was stored (--dry-run).\n');
  });

  it('shows what would change for each connection, and stores nothing', async () => {
    await rules('apply', file('actions: [{ id: onboarding-task, mode: observe }]'), '--connection', 'second');
    const { code, out } = await rules('apply', file(WELCOME), '--dry-run');
    assert.equal(code, 0);
    assert.match(out, /^connection default: 2 changes\n {2}~ actions\.onboarding-task\.mode: live -> off\n/);
    assert.match(out, /\nconnection second: 1 change\n {2}\+ actions\.welcome:\n/);
    assert.match(out, /\n {2}! actions\.welcome: there is no user "Jane Doe" \(none was read yet\)\n/);
    assert.match(out, /Nothing was stored \(--dry-run\)\.\n$/);
    assert.equal(await version(), 0);
  });

  it('stores what it is given, once', async () => {
    const { code, out } = await rules('apply', file(WELCOME));
    assert.equal(code, 0);
    assert.match(out, /\nStored: rule set default, version 1\. It decides from the next event on\.\n$/);
    const again = await rules('apply', file(WELCOME));
    assert.match(
      again.out,
      /^connections default, second: nothing changes\n(.*\n)*Stored: rule set default, version 1\./,
    );
  });

  it('makes a set that a connection then uses, and shows its rules', async () => {
    const made = await rules('apply', file('settings: { notes: off }'), '--set', 'agency');
    assert.match(made.out, /^rule set agency: no connection follows it yet .*\n {2}~ settings\.notes: all -> off\n/);
    const used = await rules('use', 'agency', '--connection', 'second');
    assert.match(used.out, /^connection second: 2 changes\n.*\n {2}~ settings\.notes: all -> off\n/);
    const shown = await rules('show', '--connection', 'second');
    assert.match(shown.out, /^# The connection second follows the rule set "agency"\.\n/);
    assert.deepEqual(parse(shown.out), fileOf(resolveRules('agency', { settings: { notes: 'off' } }, {})));
    const other = await rules('use', 'nowhere', '--connection', 'second');
    assert.equal(other.code, 1);
    assert.match(other.err, /There is no rule set nowhere/);
  });

  const wrong: [string, string, string][] = [
    ['that ends in the middle', 'sync: { tags: off\nsettings:\n', '2:1: .*Flow map'],
    ['that says something twice', 'sync:\n  tags: off\n  tags: live\n', '3:3: Map keys must be unique'],
    ['with a value that is none', 'sync:\n  tags: sometimes\n', '2:9: sync\\.tags wants one of live, observe, off'],
    ['with an unknown name', 'settings:\n  notes: all\n  colour: red\n', '3:3: settings\\.colour is not known here'],
    [
      'with an unknown operation',
      WELCOME.replace('.create', '.crete'),
      '8:20: actions\\[1\\]\\.do\\[0\\]\\.operation is no operation',
    ],
    [
      'with a template that ends nowhere',
      WELCOME.replace('contact.id }}', 'contact.id'),
      '10:22: actions\\[1\\].*contactId is no template',
    ],
    [
      'that lacks something',
      WELCOME.replace("          title: 'Welcome'\n", ''),
      '9:9: actions\\[1\\]\\.do\\[0\\]\\.input lacks title',
    ],
    [
      'that changes an action that is not there',
      'actions:\n  - id: status-tag\n    mode: off\n  - id: nothing\n',
      '4:5: actions\\[1\\] lacks when and do',
    ],
  ];
  for (const [what, text, reason] of wrong) {
    it(`says where a file is wrong ${what}, and changes nothing`, async () => {
      const { code, out, err } = await rules('apply', file(text));
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, new RegExp(`^\\S*/rules\\.yaml:${reason}`));
      assert.match(err, /\nNothing was changed\.\n$/);
      assert.equal(await version(), 0);
    });
  }

  it('says the same as JSON', async () => {
    const { code, out } = await rules('apply', file('sync:\n  tags: sometimes\n'), '--json');
    const problem = { line: 2, column: 9, place: 'sync.tags', message: 'wants one of live, observe, off' };
    assert.deepEqual([code, JSON.parse(out)], [2, { problems: [{ file: join(folder, 'rules.yaml'), ...problem }] }]);
    const { out: difference } = await rules('apply', file('sync: { tags: off }'), '--json', '--dry-run');
    assert.deepEqual((JSON.parse(difference) as { changes: unknown }).changes, [
      { place: 'sync.tags', kind: 'changed', before: 'live', after: 'off' },
    ]);
  });

  it('says where the overrides of a connection are wrong', async () => {
    const { code, err } = await rules('apply', file('sync:\n  tags: sometimes\n'), '--connection', 'second');
    assert.equal(code, 2);
    assert.match(err, /rules\.yaml:2:9: sync\.tags wants one of/);
  });

  it('refuses a file of a version that has gone by', async () => {
    await rules('apply', file('sync: { tags: off }'));
    const { code, err } = await rules('apply', file('version: 0\nsync: { tags: observe }'));
    assert.equal(code, 1);
    assert.match(err, /409: The rule set default is at version 1, and this is a change of version 0: read it anew/);
  });

  it('ends with 2 for a file that is wrong, and with 1 for what is refused', async () => {
    const bad = await rulesAsProcess('apply', file('sync: { tags: sometimes }'));
    assert.deepEqual([bad.code, bad.out], [2, '']);
    assert.match(bad.err, /rules\.yaml:1:15: sync\.tags wants one of live, observe, off\nNothing was changed\.\n$/);
    const refused = await rulesAsProcess('export', 'nowhere');
    assert.deepEqual([refused.code, refused.out], [1, '']);
    assert.match(refused.err, /^The bridge answered 404: There is no rule set nowhere/);
  });

  it('says that there is no such file, connection or set', async () => {
    for (const [args, reason] of [
      [['apply', 'nowhere.yaml'], /nowhere\.yaml cannot be read/],
      [['apply', file('sync: {}'), '--connection', 'nowhere'], /There is no connection nowhere/],
      [['show'], /Name the connection with --connection; there are: default, second/],
      [['export', 'nowhere'], /There is no rule set nowhere/],
    ] as const) {
      const { code, err } = await rules(...args);
      assert.equal(code, 1);
      assert.match(err, reason);
    }
  });
});
