import assert from 'node:assert/strict';
import { addAppointment, noteOf, referred } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('an appointment changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { goneAfter: 500 } });
  });
  after(() => rockbridge.close());

  it('stands as a line with title, time and status, and goes when it is deleted', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const { id } = await addAppointment(rockbridge, contactId);
    await rockbridge.settled();
    assert.match(
      noteOf(rockbridge, referralId),
      /^- 2026-12-01 \d\d:\d\d [A-Z][\w+:-]+ Roof visit \(confirmed\) rb:[0-9A-Z]{8}$/mu,
    );
    const path = `/calendars/events/appointments/${id}`;
    await rockbridge.writesDuring(() => rockbridge.asUser('ghl', 'PUT', path, { appointmentStatus: 'cancelled' }));
    assert.match(noteOf(rockbridge, referralId), /Roof visit \(cancelled\) rb:/u);
    await rockbridge.writesDuring(() => rockbridge.asUser('ghl', 'DELETE', `/calendars/events/${id}`, {}));
    assert.doesNotMatch(noteOf(rockbridge, referralId), /Roof visit/u);
  });

  keepsItsPromises(() => rockbridge, 'appointment');
});
