import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { camelKeys } from '../../vendors/referral-rock/keys.ts';
import { recordOfEvent, triggerRecords } from '../../vendors/triggers.ts';
import { triggers, workflowOf } from '../../workflows/triggers.ts';
import { textAt, World } from '../sandbox/world.ts';

const all = [...triggerRecords.values()];
const ajv = new Ajv2020({ strict: false, allErrors: true });
const eventsOf = (vendor: string): string[] => all.filter((each) => each.vendor === vendor).map(({ event }) => event);

/** HighLevel's own examples, by the event whose file they stand in. */
const folder = new URL('../fixtures/ghl-webhooks/', import.meta.url);
const examples = globSync('*.json', { cwd: folder }).map((file) => {
  const { event, examples: given } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
    event: string;
    examples: Record<string, unknown>[];
  };
  return { event: { AppInstall: 'INSTALL', AppUninstall: 'UNINSTALL' }[event] ?? event, given };
});

describe('the trigger records', () => {
  for (const { id, vendor, title, summary, payload } of all) {
    it(`say what ${id} is, in full`, () => {
      assert.match(id, new RegExp(`^${vendor}\\.[a-z]+(-[a-z]+)*$`));
      assert.match(title, /^[A-Z]/);
      assert.match(summary, /^[A-Z].*\.$/);
      assert.ok(ajv.validateSchema(payload()), ajv.errorsText());
      assert.ok(Object.keys(payload()['properties'] as object).length > 0);
    });
  }

  it('have every event that HighLevel documents, and those that the reference sheet adds', () => {
    const documented = examples.map(({ event }) => event);
    assert.equal(documented.length, 26);
    assert.deepEqual(
      eventsOf('ghl').toSorted(),
      [...documented, 'UserUpdate', 'UserDelete', 'UPDATE', 'workflow'].toSorted(),
    );
  });

  it('have Referral Rock’s fifteen events', () => {
    assert.deepEqual(eventsOf('referral-rock'), [
      'ProgramAdd',
      'ProgramUpdate',
      'ProgramDelete',
      'MemberAdd',
      'MemberUpdate',
      'MemberDelete',
      'ReferralAdd',
      'ReferralUpdate',
      'ReferralStatusChange',
      'ReferralDelete',
      'RewardAdd',
      'RewardUpdate',
      'RewardIssue',
      'RewardDelete',
      'EmailUnsubscribed',
    ]);
  });

  it('have what happens here: schedule, manual, customer opened', () => {
    assert.deepEqual(eventsOf('rockbridge'), ['schedule', 'manual', 'customer-opened']);
  });

  it('describe every event that a trigger handles', () => {
    for (const { events, workflow } of Object.values(triggers))
      for (const [vendor, names] of Object.entries(events))
        for (const event of names) {
          assert.ok(recordOfEvent(vendor as keyof typeof events, event), `${vendor} ${event}`);
          assert.equal(workflowOf(vendor as keyof typeof events, event), workflow);
        }
  });

  it('describe the bodies that HighLevel gives as examples', () => {
    for (const { event, given } of examples) {
      const payload = recordOfEvent('ghl', event)?.payload();
      assert.ok(payload, event);
      /* UserCreate's first example is a list of types, not a body. */
      for (const body of given.filter(({ type }) => type !== 'string'))
        assert.ok(ajv.validate(payload, body), `${event}: ${ajv.errorsText()}`);
    }
  });

  it('tell a wrong body from a right one', () => {
    const payload = recordOfEvent('ghl', 'ContactUpdate')?.payload() ?? {};
    assert.ok(ajv.validate(payload, { type: 'ContactUpdate', id: 'c1', unheardOf: 1 }));
    assert.ok(!ajv.validate(payload, { type: 'ContactUpdate', tags: 'one' }));
    assert.ok(!ajv.validate(recordOfEvent('referral-rock', 'MemberAdd')?.payload() ?? {}, { firstName: 'Mia' }));
  });

  it('describe the bodies that the simulated GoHighLevel posts', async () => {
    const world = await World.open();
    try {
      const { locationId } = world.sandbox.info.ghl;
      const { body } = await world.ghl('POST', '/contacts/', { locationId, email: 'vera@example.com' });
      const contactId = textAt(body, 'contact.id');
      await world.ghl('PUT', `/contacts/${contactId}`, { city: 'Austin' });
      await world.ghl('POST', `/contacts/${contactId}/tags`, { tags: ['one'] });
      await world.ghl('POST', `/contacts/${contactId}/notes`, { body: 'Hello' });
      const task = { title: 'Call', dueDate: '2026-12-01T17:00:00Z', completed: false };
      await world.ghl('POST', `/contacts/${contactId}/tasks`, task);
      await world.ghl('DELETE', `/contacts/${contactId}`);
      const hooks = await world.received();
      const seen = new Set(hooks.map((hook) => String(hook.body['type'])));
      for (const event of [
        'ContactCreate',
        'ContactUpdate',
        'ContactTagUpdate',
        'NoteCreate',
        'TaskCreate',
        'ContactDelete',
      ])
        assert.ok(seen.has(event), event);
      for (const { body: posted } of hooks) {
        const payload = recordOfEvent('ghl', String(posted['type']))?.payload();
        assert.ok(payload && ajv.validate(payload, posted), `${String(posted['type'])}: ${ajv.errorsText()}`);
      }
    } finally {
      await world.close();
    }
  });

  it('describe the bodies that the simulated Referral Rock posts', async () => {
    const world = await World.open();
    try {
      for (const event of eventsOf('referral-rock'))
        await world.rock('POST', '/hooks', { target_url: `${world.receiverUrl}/${event}`, event });
      const referralId = await world.addReferral({ firstName: 'Ray' });
      await world.updateReferral(referralId, { status: 'approved', note: 'x' });
      await world.rock('POST', '/email/unsubscribe', { email: 'mia@example.com' });
      await world.rock('POST', '/referral/remove', [{ query: { primaryInfo: { referralId } } }]);
      const hooks = await world.received();
      const seen = new Set(hooks.map(({ path }) => path.slice(1)));
      assert.ok(seen.size >= 6, [...seen].join(', '));
      for (const { path, body } of hooks) {
        const payload = recordOfEvent('referral-rock', path.slice(1))?.payload();
        assert.ok(payload && ajv.validate(payload, camelKeys(body)), `${path}: ${ajv.errorsText()}`);
      }
    } finally {
      await world.close();
    }
  });
});
