import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import type { Method } from 'got';
import { companyId, companyToken, locationId } from '../../sandbox/ghl/constants.ts';
import { userIds } from '../../sandbox/seed/account.ts';
import { wellKnownIds as ids } from '../../sandbox/seed/ids.ts';
import { type Json, textAt, World } from './world.ts';

type Schema = { type?: string; properties?: Record<string, Schema> };
type Described = { event: string; schema: Schema | null; examples: Json[] };

const envelope = ['versionId', 'appId', 'timestamp', 'webhookId'];
/** In real payloads and not in GHL's examples (reference/ghl.md 5.5). */
const also: Record<string, string[]> = { INSTALL: ['installType'] };

const described = globSync('test/fixtures/ghl-webhooks/*.json').map(
  (file) => JSON.parse(readFileSync(file, 'utf8')) as Described,
);
/** By the `type` on the wire: examples of Update and Delete name Create there, and the app's own are in capitals. */
const wireType = ({ event, examples }: Described): string =>
  event.startsWith('App') && !event.startsWith('Appointment') ? String(examples[0]?.['type']) : event;

describe('sandbox: the events that GoHighLevel describes', () => {
  let world: World;
  let bodies: Map<string, Json[]>;
  before(async () => {
    world = await World.open();
    await doEverything(world);
    bodies = Map.groupBy(
      (await world.received()).map(({ body }) => body),
      ({ type }) => String(type),
    );
  });
  after(() => world.close());

  it('are 26', () => assert.equal(described.length, 26));

  for (const each of described) {
    it(`has ${each.event}, with nothing that GHL's description lacks`, () => {
      const sent = bodies.get(wireType(each)) ?? [];
      assert.notEqual(sent.length, 0, 'was not fired');
      for (const body of sent) {
        const known = { ...Object.assign({}, ...each.examples), ...each.schema?.properties } as Json;
        const unknown = Object.keys(body).filter((name) => !(name in known) && !envelope.includes(name));
        assert.deepEqual(
          unknown.filter((name) => !also[wireType(each)]?.includes(name)),
          [],
        );
        assertTypes(each.schema ?? {}, body, each.event);
      }
    });
  }
});

function assertTypes({ type, properties = {} }: Schema, value: unknown, path: string): void {
  if (value === undefined || value === null) return;
  const actual = Array.isArray(value) ? 'array' : typeof value;
  if (type && type !== 'Date') assert.equal(actual, type, path);
  for (const [name, schema] of Object.entries(properties))
    assertTypes(schema, (value as Json)[name], `${path}.${name}`);
}

async function doEverything(world: World): Promise<void> {
  const company = { authorization: `Bearer ${companyToken}` };
  const ask = async (method: Method, path: string, body?: unknown, headers = {}): Promise<unknown> => {
    const answer = await world.ghl(method, path, body, headers);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
    return answer.body;
  };
  const made = await ask('POST', '/contacts/', {
    locationId,
    firstName: 'Ann',
    email: 'ann@example.com',
    phone: '+15125550101',
    assignedTo: userIds[0],
    dateOfBirth: '1990-04-01',
  });
  const contactId = textAt(made, 'contact.id');
  const contact = `/contacts/${contactId}`;
  await ask('PUT', contact, { city: 'Austin', dndSettings: { Email: { status: 'active', message: 'no' } } });
  await ask('POST', `${contact}/tags`, { tags: ['vip'] });
  const task = { title: 'Call', dueDate: '2026-12-01T15:00:00Z', completed: false, assignedTo: userIds[0] };
  const taskPath = `${contact}/tasks/${textAt(await ask('POST', `${contact}/tasks`, task), 'task.id')}`;
  await ask('PUT', `${taskPath}/completed`, { completed: true });
  await ask('DELETE', taskPath);
  const notePath = `${contact}/notes/${textAt(await ask('POST', `${contact}/notes`, { body: 'Hi' }), 'note.id')}`;
  await ask('PUT', notePath, { body: 'Hello' });
  await ask('DELETE', notePath);
  const booking = { calendarId: ids.calendarId, locationId, contactId, startTime: '2026-12-01T15:00:00Z' };
  const appointmentId = textAt(await ask('POST', '/calendars/events/appointments', booking), 'id');
  await ask('PUT', `/calendars/events/appointments/${appointmentId}`, { appointmentStatus: 'showed' });
  await ask('DELETE', `/calendars/events/${appointmentId}`);
  const deal = { pipelineId: ids.pipelineId, locationId, name: 'Roof', status: 'open', contactId };
  const dealPath = `/opportunities/${textAt(await ask('POST', '/opportunities/', deal), 'opportunity.id')}`;
  await ask('PUT', dealPath, {
    status: 'won',
    pipelineStageId: ids.stageIds.quoted,
    monetaryValue: 40,
    assignedTo: userIds[1],
  });
  await ask('DELETE', dealPath);
  await ask('DELETE', contact);
  const location = await ask('POST', '/locations/', { companyId, name: 'Waco' }, company);
  await ask('PUT', `/locations/${textAt(location, 'id')}`, { companyId, phone: '+12545550100' }, company);
  const person = { companyId, firstName: 'Lena', lastName: 'Fox', password: 'x', type: 'account', role: 'user' };
  await ask('POST', '/users/', { ...person, email: 'lena@example.com', locationIds: [locationId] });
  await world.control('POST', 'ghl-install', { locationId });
  await world.control('POST', 'ghl-uninstall', { locationId: ids.otherLocationIds[0] });
}
