import assert from 'node:assert/strict';
import { createGhlClient } from '../../../vendors/ghl/client.ts';
import type { Operation, VendorClient } from '../../../vendors/operation.ts';
import { ghl } from '../../../vendors/operations.ts';
import { toRequest } from '../../../vendors/request.ts';
import {
  account,
  credentialsOf,
  kindOf,
  limiterOf,
  type Received,
  type Reply,
  startVendor,
  vendorErrorOf,
} from '../support.ts';

describe('a request to GoHighLevel', () => {
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  afterEach(() => vendor.close());

  async function open(reply: Reply, canRefresh = false): Promise<VendorClient> {
    vendor = await startVendor(reply);
    const credentials = credentialsOf('Bearer', canRefresh);
    return createGhlClient({ baseUrl: vendor.url, credentials, limiter: limiterOf() });
  }
  const only = (): Received => {
    const [first, ...others] = vendor.received;
    assert.ok(first && others.length === 0, `${vendor.received.length} requests`);
    return first;
  };

  it('for a token is a form, without a token', async () => {
    const client = await open({ status: 200, body: { access_token: 'eyJ', expires_in: 86_399 } });
    const keys = {
      client_id: 'app-1',
      client_secret: 'a&b',
      grant_type: 'refresh_token',
      refresh_token: 'r 1',
    } as const;
    const { access_token: token } = await client.call(ghl.oauth.getToken, keys, { account });
    const { headers, body } = only();
    assert.equal(token, 'eyJ');
    assert.deepEqual(
      [headers['content-type'], headers['authorization'], headers['version']],
      ['application/x-www-form-urlencoded', undefined, undefined],
    );
    assert.deepEqual(Object.fromEntries(new URLSearchParams(String(body))), keys);
  });

  it('for a token is not repeated with another one when GHL does not take it', async () => {
    const client = await open({ status: 401, body: { message: 'Invalid token: access token is invalid' } }, true);
    const keys = { client_id: 'app-1', client_secret: 's', grant_type: 'refresh_token', refresh_token: 'r1' } as const;
    assert.equal(await kindOf(client.call(ghl.oauth.getToken, keys, { account })), 'Unauthorized');
    only();
  });

  it('sends files as parts with their names and types', async () => {
    const client = await open({ status: 200, body: { uploadedFiles: { 'roof.txt': 'https://files.example/1' } } });
    const content = Buffer.from('Slate ünd tin').toString('base64');
    const files = {
      f1_1: { filename: 'roof.txt', contentType: 'text/plain', content },
      f1_2: { filename: 'b', content },
    };
    await client.call(ghl.customField.upload, { locationId: 'l1', id: 'c1', maxFiles: '2', files }, { account });
    const { headers, body, url } = only();
    const form = await new Response(new Uint8Array(body as Buffer), {
      headers: { 'content-type': String(headers['content-type']) },
    }).formData();
    const [first, second] = [form.get('f1_1') as File, form.get('f1_2') as File];
    assert.equal(url, '/locations/l1/customFields/upload');
    assert.deepEqual([form.get('id'), form.get('maxFiles'), [...form.keys()].length], ['c1', '2', 4]);
    assert.deepEqual([first.name, first.type, await first.text()], ['roof.txt', 'text/plain', 'Slate ünd tin']);
    assert.deepEqual([second.name, second.type], ['b', 'application/octet-stream']);
  });

  it('repeats a query name for each of a list', async () => {
    const client = await open({ status: 200, body: { '2026-12-01': { slots: [] }, traceId: 't1' } });
    const range = { startDate: 1_780_000_000_000, endDate: 1_780_100_000_000 };
    await client.call(ghl.calendar.listFreeSlots, { calendarId: 'k1', ...range, userIds: ['u1', 'u2'] }, { account });
    assert.equal(
      only().url,
      '/calendars/k1/free-slots?startDate=1780000000000&endDate=1780100000000&userIds=u1&userIds=u2',
    );
  });

  it('has the list itself as its body where GHL wants one', async () => {
    const client = await open({ status: 200, body: [{ _id: 'n1' }] });
    const booked = { receiverType: 'contact', channel: 'email', notificationType: 'booked' } as const;
    await client.call(ghl.calendarNotification.create, { calendarId: 'k1', notifications: [booked] }, { account });
    assert.deepEqual(only().body, [booked]);
  });

  it('has an empty body where GHL wants one, and none where it takes none', async () => {
    const client = await open({ status: 200, body: { succeeded: true, success: true } });
    await client.call(ghl.appointment.delete, { eventId: 'e1' }, { account });
    await client.call(ghl.schedule.addCalendar, { scheduleId: 's1', calendarId: 'k1' }, { account });
    await client.call(ghl.contact.delete, { contactId: 'c1' }, { account });
    assert.deepEqual(
      vendor.received.map(({ body }) => body),
      [{}, undefined, undefined],
    );
  });

  it('names a custom field of an opportunity by its id or its key, and not by nothing', () => {
    const sent = (customField: object) =>
      toRequest('', ghl.opportunity.update as Operation, { opportunityId: 'o1', customFields: [customField] }).body;
    for (const customField of [
      { key: 'roof_age', field_value: '7' },
      { id: 'f1', field_value: 'old' },
      { id: 'f1', key: 'roof_age', field_value: ['slate'] },
    ])
      assert.deepEqual(sent(customField), { customFields: [customField] });
    for (const customField of [{ field_value: '7' }, { key: '', field_value: '7' }, { key: 'roof_age', value: '7' }])
      assert.throws(() => sent(customField), /customFields\.0/);
  });

  for (const operation of [ghl.contact.update, ghl.contact.upsert]) {
    it(`says how to tag a contact in place of ${operation.id} with tags, and of nothing else`, () => {
      const said = (input: object) => {
        try {
          toRequest('', operation as Operation, input);
          return 'taken';
        } catch (error) {
          return (error as Error).message;
        }
      };
      const ids = operation === ghl.contact.update ? { contactId: 'c1' } : { locationId: 'l1' };
      assert.match(
        said({ ...ids, tags: ['a'] }),
        /tags is not taken, use ghl\.contact\.add-tags and ghl\.contact\.remove-tags/,
      );
      assert.match(said({ ...ids, tagz: ['a'] }), /Unrecognized key: "tagz"/);
      assert.match(said({ ...ids, tags: ['a'], tagz: ['a'] }), /no "tagz"/);
      assert.equal(said(ids), 'taken');
      assert.match(operation.summary, /ghl\.contact\.add-tags/);
    });
  }

  it('has its tags in the body of a DELETE', async () => {
    const client = await open({ status: 200, body: { tags: [] } });
    await client.call(ghl.contact.removeTags, { contactId: 'c1', tags: ['a'] }, { account });
    const { method, body } = only();
    assert.deepEqual([method, body], ['DELETE', { tags: ['a'] }]);
  });
});

describe("GoHighLevel's answer", () => {
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  afterEach(() => vendor.close());

  async function open(body: unknown): Promise<VendorClient> {
    vendor = await startVendor({ status: 200, body });
    return createGhlClient({ baseUrl: vendor.url, credentials: credentialsOf(), limiter: limiterOf() });
  }

  it('may lack what the document requires, hold null, and what no document knows', async () => {
    const client = await open({
      appointment: { id: 'e1', groupId: null, appoinmentStatus: 'confirmed', appointmentMeta: { slotType: 'custom' } },
      traceId: 't1',
    });
    const { appointment } = await client.call(ghl.appointment.get, { eventId: 'e1' }, { account });
    assert.deepEqual([appointment.groupId, appointment['appointmentMeta']], [null, { slotType: 'custom' }]);
  });

  for (const [what, body, named] of [
    ['a record without its id', { appointment: { title: 'Roof' } }, /appointment\.id/],
    ['a field of another kind', { appointment: { id: 'e1', title: 7 } }, /appointment\.title: .*string.*number/],
    ['no record', { traceId: 't1' }, /appointment: .*object/],
    ['the wrapper that the document names, and GHL does not send', { event: { id: 'e1' } }, /appointment: .*object/],
  ] as const) {
    it(`is refused with ${what}, which it names`, async () => {
      const client = await open(body);
      const error = await vendorErrorOf(client.call(ghl.appointment.get, { eventId: 'e1' }, { account }));
      assert.equal(error.kind, 'Unexpected');
      assert.match(error.message, named);
    });
  }
});
