import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { addressKeyOf } from '../../store/address.ts';
import type { Database } from '../../store/database.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADDRESS_KEY, type Answer, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

const FIXTURES = new URL('../fixtures/ghl-webhooks/', import.meta.url);
const CONTACT = {
  type: 'ContactUpdate',
  locationId: 'location-1',
  id: 'contact-1',
  email: 'Jane@Example.com',
  firstName: 'Jane',
};
const REFERRAL = '/webhooks/referral-rock/rr-token/ReferralAdd';
const WORKFLOW = '/webhooks/ghl-workflow/workflow-rr-token';
const BIG = JSON.stringify({ ...CONTACT, note: 'x'.repeat(1024 * 1024) });

const json = (value: unknown): string => JSON.stringify(value);

onBothDatabases('webhooks', (open) => {
  let database: Database;
  let bridge: BridgeUnderTest;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    bridge = startBridge(database);
  });
  beforeEach(() => database.db.deleteFrom('inbox').execute());
  after(() => bridge.server.close());

  const rows = () => database.db.selectFrom('inbox').selectAll().orderBy('seq').execute();

  interface Case {
    what: string;
    send: () => Promise<Answer>;
    status: number;
    says: RegExp;
    /** What is in the inbox afterwards; undefined: nothing. */
    row?: Record<string, unknown>;
  }
  const ghl = (change: Record<string, unknown>): (() => Promise<Answer>) => {
    return () => bridge.postGhl(json({ ...CONTACT, ...change }));
  };
  const cases: Case[] = [
    {
      what: 'a GHL contact',
      send: ghl({ webhookId: 'w1' }),
      status: 200,
      says: /stored/,
      row: {
        status: 'stored',
        event: 'ContactUpdate',
        event_id: 'w1',
        connection_id: 'default',
        trigger: 'contact',
        record_kind: 'contact',
        vendor_id: 'contact-1',
      },
    },
    {
      what: 'no signature',
      send: () => bridge.post('/webhooks/ghl', json(CONTACT)),
      status: 401,
      says: /X-GHL-Signature is missing/,
    },
    {
      what: "the signature 'N/A'",
      send: () => bridge.postGhl(json(CONTACT), { 'x-ghl-signature': 'N/A' }),
      status: 401,
      says: /is missing/,
    },
    {
      what: "another body's signature",
      send: () => bridge.postGhl(json(CONTACT), { 'x-ghl-signature': bridge.sign('{}') }),
      status: 401,
      says: /does not match/,
    },
    {
      what: 'a signature that is no base64',
      send: () => bridge.postGhl(json(CONTACT), { 'x-ghl-signature': '%%%' }),
      status: 401,
      says: /does not match/,
    },
    {
      what: 'signed text that is no JSON',
      send: () => bridge.postGhl('{"type":'),
      status: 400,
      says: /not valid JSON/,
    },
    {
      what: 'signed bytes that are no UTF-8',
      send: () => bridge.postGhl(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')])),
      status: 400,
      says: /not valid JSON/,
    },
    { what: 'a signed JSON array', send: () => bridge.postGhl('[1]'), status: 400, says: /not an object/ },
    {
      what: 'signed, deeply nested JSON',
      send: () => bridge.postGhl('['.repeat(500_000)),
      status: 400,
      says: /not valid JSON/,
    },
    {
      what: 'a form',
      send: () => bridge.postGhl('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      status: 415,
      says: /application\/json/,
    },
    {
      what: 'text',
      send: () => bridge.post(REFERRAL, '{}', { 'content-type': 'text/plain' }),
      status: 415,
      says: /application\/json/,
    },
    { what: 'more than 1 MiB', send: () => bridge.postGhl(BIG), status: 413, says: /1 MiB/ },
    { what: 'more than 1 MiB for RR', send: () => bridge.post(REFERRAL, BIG), status: 413, says: /1 MiB/ },
    {
      what: 'an unknown location',
      send: ghl({ locationId: 'elsewhere' }),
      status: 202,
      says: /Location elsewhere belongs to no connection/,
      row: { status: 'ignored', connection_id: null, sentence: 'Location elsewhere belongs to no connection.' },
    },
    {
      what: 'no location',
      send: ghl({ locationId: undefined }),
      status: 202,
      says: /names no location/,
      row: { status: 'ignored' },
    },
    {
      what: 'an event that nobody handles',
      send: ghl({ type: 'InvoiceCreate' }),
      status: 202,
      says: /InvoiceCreate is an event that no trigger handles/,
      row: { status: 'ignored', event: 'InvoiceCreate', trigger: null, connection_id: 'default' },
    },
    {
      what: 'an event whose name is no text',
      send: ghl({ type: { a: 1 } }),
      status: 202,
      says: /no trigger handles/,
      row: { status: 'ignored', event: 'unknown' },
    },
    {
      what: 'a missing record id',
      send: ghl({ id: undefined }),
      status: 202,
      says: /id is missing/,
      row: { status: 'ignored', vendor_id: null },
    },
    {
      what: 'a record id that is a number',
      send: ghl({ id: 7 }),
      status: 202,
      says: /id is missing/,
      row: { status: 'ignored' },
    },
    {
      what: 'a record id over 100 characters',
      send: ghl({ id: 'x'.repeat(101) }),
      status: 202,
      says: /more than 100 characters/,
      row: { status: 'ignored', vendor_id: null },
    },
    {
      what: 'a record id with a zero byte',
      send: ghl({ id: 'a\u0000b' }),
      status: 202,
      says: /control characters/,
      row: { status: 'ignored', vendor_id: null },
    },
    {
      what: 'an event name with a zero byte',
      send: ghl({ type: 'a\u0000b' }),
      status: 202,
      says: /no trigger handles/,
      row: { status: 'ignored', event: 'a b' },
    },
    {
      what: 'a webhook id with a zero byte',
      send: ghl({ webhookId: 'a\u0000b' }),
      status: 200,
      says: /stored/,
      row: { status: 'stored', event_id: null },
    },
    {
      what: 'an RR referral in Pascal case',
      send: () => bridge.post(REFERRAL, json({ Id: 'r1', ProgramId: 'PROGRAM-1', Email: 'a@b.c' })),
      status: 200,
      says: /stored/,
      row: {
        status: 'stored',
        source: 'referral-rock',
        event: 'ReferralAdd',
        event_id: null,
        trigger: 'referral',
        record_kind: 'referral',
        vendor_id: 'r1',
        email_key: addressKeyOf(ADDRESS_KEY, 'a@b.c'),
      },
    },
    {
      what: 'an RR referral in camel case',
      send: () => bridge.post(REFERRAL, json({ id: 'r1', programId: 'program-1', referringMemberId: 'm1' })),
      status: 200,
      says: /stored/,
      row: { status: 'stored', vendor_id: 'r1', parent_id: 'm1', email_key: null },
    },
    {
      what: "a program newer than what we know of the account's one connection",
      send: () => bridge.post(REFERRAL, json({ id: 'r1', programId: 'program-9' })),
      status: 200,
      says: /stored/,
      row: { status: 'stored', connection_id: 'default' },
    },
    {
      what: "a program of another account's connection",
      send: () => bridge.post(REFERRAL, json({ id: 'r1', programId: 'program-2' })),
      status: 202,
      says: /Program program-2 belongs to no connection/,
      row: { status: 'ignored' },
    },
    {
      what: 'an RR event that nobody handles',
      send: () => bridge.post('/webhooks/referral-rock/rr-token/MemberMoved', json({ id: 'p' })),
      status: 202,
      says: /MemberMoved/,
      row: { status: 'ignored', event: 'MemberMoved' },
    },
    {
      what: 'a task of a contact',
      send: ghl({ type: 'TaskCreate', id: 't1', contactId: 'c1', email: undefined }),
      status: 200,
      says: /stored/,
      row: { trigger: 'task', record_kind: 'task', vendor_id: 't1', parent_kind: 'contact', parent_id: 'c1' },
    },
    {
      what: 'a task that names no contact, as real ones do',
      send: ghl({ type: 'TaskCreate', id: 't1', email: undefined }),
      status: 200,
      says: /stored/,
      row: { trigger: 'task', record_kind: 'task', vendor_id: 't1', parent_kind: null, parent_id: null },
    },
    {
      what: 'an appointment, whose fields are nested',
      send: ghl({ type: 'AppointmentUpdate', id: undefined, appointment: { id: 'a1', contactId: 'c1' } }),
      status: 200,
      says: /stored/,
      row: { trigger: 'appointment', vendor_id: 'a1', parent_kind: 'contact', parent_id: 'c1' },
    },
    {
      what: 'an app that was taken off the location',
      send: ghl({ type: 'UNINSTALL', id: undefined }),
      status: 200,
      says: /stored/,
      row: { trigger: 'connection', record_kind: 'location', vendor_id: 'location-1' },
    },
    {
      what: 'a reward of a referral',
      send: () =>
        bridge.post(
          '/webhooks/referral-rock/rr-token/RewardIssue',
          json({ Id: 'w1', Type: 'Referral', RecipientId: 'r1', MemberId: 'm1', RecipientEmailAddress: 'a@b.c' }),
        ),
      status: 200,
      says: /stored/,
      row: {
        trigger: 'reward',
        vendor_id: 'w1',
        parent_kind: 'referral',
        parent_id: 'r1',
        email_key: addressKeyOf(ADDRESS_KEY, 'a@b.c'),
      },
    },
    {
      what: 'an address that opted out',
      send: () => bridge.post('/webhooks/referral-rock/rr-token/EmailUnsubscribed', json({ Email: 'A@b.c' })),
      status: 200,
      says: /stored/,
      row: { trigger: 'unsubscribe', record_kind: 'address', vendor_id: addressKeyOf(ADDRESS_KEY, 'a@b.c') },
    },
    {
      what: 'an opt-out without an address',
      send: () => bridge.post('/webhooks/referral-rock/rr-token/EmailUnsubscribed', '{}'),
      status: 202,
      says: /names no e-mail address/,
      row: { status: 'ignored', vendor_id: null },
    },
    {
      what: 'a new program',
      send: () => bridge.post('/webhooks/referral-rock/rr-token/ProgramAdd', json({ Id: 'program-9' })),
      status: 200,
      says: /stored/,
      row: { trigger: 'program', record_kind: 'program', vendor_id: 'program-9' },
    },
    {
      what: 'an RR referral without id',
      send: () => bridge.post(REFERRAL, '{}'),
      status: 202,
      says: /id is missing/,
      row: { status: 'ignored' },
    },
    { what: 'broken JSON from RR', send: () => bridge.post(REFERRAL, '{'), status: 400, says: /not valid JSON/ },
    { what: 'an empty body from RR', send: () => bridge.post(REFERRAL, ''), status: 400, says: /empty/ },
    {
      what: 'a wrong RR token',
      send: () => bridge.post('/webhooks/referral-rock/nope/ReferralAdd', '{}'),
      status: 404,
      says: /token/,
    },
    {
      what: 'a wrong RR token and a wrong type',
      send: () => bridge.post('/webhooks/referral-rock/nope/ReferralAdd', '', { 'content-type': 'a/b' }),
      status: 404,
      says: /token/,
    },
    {
      what: "a customer's GHL workflow",
      send: () => bridge.post(WORKFLOW, json({ contact_id: 'c9', id: 'not-this', email: 'a@b.c' })),
      status: 202,
      says: /stored/,
      row: { status: 'stored', source: 'ghl-workflow', trigger: 'contact', vendor_id: 'c9' },
    },
    {
      what: 'a GHL workflow of another location',
      send: () => bridge.post(WORKFLOW, json({ contact_id: 'c9', location: { id: 'other' } })),
      status: 202,
      says: /location other/,
      row: { status: 'ignored' },
    },
    {
      what: 'a GHL workflow without contact',
      send: () => bridge.post(WORKFLOW, '{}'),
      status: 202,
      says: /contact_id/,
      row: { status: 'ignored' },
    },
    {
      what: 'a wrong workflow token',
      send: () => bridge.post('/webhooks/ghl-workflow/nope', '{}'),
      status: 404,
      says: /token/,
    },
    {
      what: 'an address that is none',
      send: () => bridge.post('/webhooks/nothing', '{}'),
      status: 404,
      says: /nothing at this address/,
    },
    {
      what: 'an address that cannot be decoded',
      send: () => bridge.post('/webhooks/ghl-workflow/%zz', '{}'),
      status: 400,
      says: /./,
    },
  ];

  before(() =>
    addConnection(database, 'other', { location: 'location-2', token: 'other-token', program: 'program-2' }),
  );

  for (const { what, send, status, says, row } of cases) {
    it(`answers ${status} to ${what}`, async () => {
      const answer = await send();
      assert.equal(answer.status, status);
      assert.match(json(answer.body), says);
      assert.equal('error' in answer.body, status >= 400);
      const stored = await rows();
      assert.equal(stored.length, row ? 1 : 0);
      for (const [column, value] of Object.entries(row ?? {}))
        assert.equal(stored[0]?.[column as keyof (typeof stored)[0]], value, column);
    });
  }

  it('keeps the bytes and checks the signature over them, however they are formatted', async () => {
    const odd =
      '{ "type":"ContactCreate",\n\t"locationId" : "location-1", "id":"c\\u0031", "n": 1.0e2, "n": 2, "name":"Zo\\u00eb" }\r\n';
    assert.equal((await bridge.postGhl(odd)).status, 200);
    const [row] = await rows();
    assert.equal(Buffer.from(row?.body ?? []).toString(), odd);
    assert.equal(row?.vendor_id, 'c1');
  });

  it('stores a redelivered GHL event once, also when both come at once', async () => {
    const body = json({ ...CONTACT, webhookId: 'twice' });
    const answers = await Promise.all([bridge.postGhl(body), bridge.postGhl(body)]);
    answers.push(await bridge.postGhl(body));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(answers.filter(({ body: { status } }) => status === 'duplicate').length, 2);
    assert.equal((await rows()).length, 1);
  });

  it('stores each RR event, for the same body can rightly come again', async () => {
    for (const _ of [1, 2]) await bridge.post(REFERRAL, json({ id: 'r1', programId: 'program-1' }));
    assert.equal((await rows()).length, 2);
  });

  it('nudges the relay for a stored event and not for a duplicate or an ignored one', async () => {
    const before = bridge.nudges();
    await bridge.postGhl(json({ ...CONTACT, webhookId: 'n1' }));
    assert.equal(bridge.nudges(), before + 1);
    await bridge.postGhl(json({ ...CONTACT, webhookId: 'n1' }));
    await bridge.postGhl(json({ ...CONTACT, type: 'InvoiceCreate' }));
    assert.equal(bridge.nudges(), before + 1);
  });

  for (const file of readdirSync(FIXTURES).filter((name) => name.endsWith('.json'))) {
    it(`takes GHL's own example of ${file.slice(0, -5)}`, async () => {
      const { examples } = JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')) as { examples: object[] };
      for (const example of examples) {
        const { status } = await bridge.postGhl(json({ ...example, locationId: 'location-1' }));
        assert.ok(status === 200 || status === 202, `${status}`);
      }
      assert.equal((await rows()).length, examples.length);
    });
  }

  it('counts what came, what became of it, and what was refused and why', async () => {
    await bridge.postGhl('{');
    const text = await bridge.registry.metrics();
    assert.match(text, /rockbridge_webhooks_received_total\{source="ghl"\} \d+/);
    assert.match(text, /rockbridge_webhooks_taken_total\{source="ghl",outcome="ignored",reason="location"\} \d+/);
    assert.match(text, /rockbridge_webhooks_taken_total\{source="ghl",outcome="duplicate",reason=""\} \d+/);
    assert.match(text, /rockbridge_webhooks_refused_total\{source="ghl",reason="json"\} \d+/);
    assert.match(text, /rockbridge_webhooks_refused_total\{source="referral-rock",reason="token"\} \d+/);
    assert.match(text, /rockbridge_webhook_ack_seconds_count\{source="ghl"\} \d+/);
  });

  it('logs no name, address, token or payload', () => {
    assert.match(bridge.logged(), /"eventId":"twice"/);
    assert.doesNotMatch(bridge.logged(), /jane|example\.com|a@b\.c|rr-token|signature":"|firstName/i);
  });
});

describe('webhooks without a store', () => {
  it('answers 503 and keeps nothing, so that the vendor sends again', async () => {
    const { openDatabase } = await import('../../store/database.ts');
    const database = await openDatabase({});
    await addConnection(database);
    const bridge = startBridge(database);
    assert.equal((await bridge.postGhl(json(CONTACT))).status, 200);
    await database.close();
    const answer = await bridge.postGhl(json(CONTACT));
    assert.equal(answer.status, 503);
    assert.match(String(answer.body['error']), /send it again/);
    await bridge.server.close();
  });
});
