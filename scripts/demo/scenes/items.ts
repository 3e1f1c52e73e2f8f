import assert from 'node:assert/strict';
import { assertEnded, type Cast, NOTHING, type Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

/** Every one of them ends in the note of the referral, by one update. */
const inTheNote = { ghl: NOTHING, writes: ['rr.referral.update'] } as const;

const noteOf = async (stage: Stage, cast: Cast): Promise<string> => (await stage.referral(cast.referralId)).note;

/** The line is there, or is not. */
const shows =
  (line: RegExp, is = true) =>
  async (stage: Stage, cast: Cast): Promise<void> => {
    const note = await noteOf(stage, cast);
    assert.equal(line.test(note), is, `${is ? 'the line' : 'no line'} ${String(line)} in the note:\n${note}`);
  };

const notes: readonly Scene[] = [
  {
    ...inTheNote,
    trigger: 'note created',
    does: 'Maya writes “Prefers mornings” on the contact in GoHighLevel',
    referralRock: 'a line with day and author in the note',
    async act(stage, cast) {
      const body = { body: 'Prefers mornings', userId: stage.info.ghl.users[0]?.id };
      const path = `/contacts/${cast.contactId}/notes`;
      cast.noteId = (await stage.ghl<{ note: { id: string } }>('POST', path, body)).note.id;
    },
    check: shows(/^- \d{4}-\d\d-\d\d Maya Torres: Prefers mornings rb:[0-9A-Z]{8}$/mu),
  },
  {
    ...inTheNote,
    trigger: 'note edited',
    does: 'she edits it to “Prefers evenings”',
    referralRock: 'the line follows',
    async act(stage, cast) {
      await stage.ghl('PUT', `/contacts/${cast.contactId}/notes/${cast.noteId}`, { body: 'Prefers evenings' });
    },
    check: shows(/Maya Torres: Prefers evenings rb:/u),
  },
  {
    ...inTheNote,
    trigger: 'note deleted',
    does: 'she deletes it',
    referralRock: 'the line is gone',
    async act(stage, cast) {
      await stage.ghl('DELETE', `/contacts/${cast.contactId}/notes/${cast.noteId}`);
    },
    check: shows(/Prefers evenings/u, false),
  },
];

const tasks: readonly Scene[] = [
  {
    ...inTheNote,
    trigger: 'task created',
    does: 'a task “Send the papers”, due 2026-12-01, is made in GoHighLevel',
    referralRock: 'a line “[ ] Send the papers (due 2026-12-01)” in the note',
    async act(stage, cast) {
      const task = { title: 'Send the papers', dueDate: '2026-12-01T23:00:00.000Z', completed: false };
      const path = `/contacts/${cast.contactId}/tasks`;
      cast.taskId = (await stage.ghl<{ task: { id: string } }>('POST', path, task)).task.id;
    },
    check: shows(/^- \[ \] Send the papers \(due 2026-12-01\) rb:[0-9A-Z]{8}$/mu),
  },
  {
    ...inTheNote,
    trigger: 'task completed',
    does: 'it is completed there',
    referralRock: 'the line is ticked',
    async act(stage, cast) {
      const path = `/contacts/${cast.contactId}/tasks/${cast.taskId}/completed`;
      await stage.ghl('PUT', path, { completed: true });
    },
    async check(stage, cast) {
      await shows(/^- \[x\] Send the papers \(due 2026-12-01\) rb:/mu)(stage, cast);
      await assertEnded(stage, 'TaskComplete', cast.taskId);
    },
  },
  {
    ...inTheNote,
    trigger: 'task deleted',
    does: 'it is deleted there',
    referralRock: 'the line is gone',
    async act(stage, cast) {
      await stage.ghl('DELETE', `/contacts/${cast.contactId}/tasks/${cast.taskId}`);
    },
    check: shows(/Send the papers/u, false),
  },
];

const changeAppointment = (fields: object) => async (stage: Stage, cast: Cast) => {
  const free = { ignoreDateRange: true, ignoreFreeSlotValidation: true };
  await stage.ghl('PUT', `/calendars/events/appointments/${cast.appointmentId}`, { ...fields, ...free });
};

const appointments: readonly Scene[] = [
  {
    ...inTheNote,
    trigger: 'appointment booked',
    does: 'a “Roof visit” is booked in GoHighLevel',
    referralRock: 'a line with title, time and status in the note',
    async act(stage, cast) {
      const { locationId, ids } = stage.info.ghl;
      const { id } = await stage.ghl<{ id: string }>('POST', '/calendars/events/appointments', {
        calendarId: ids.calendarId,
        locationId,
        contactId: cast.contactId,
        title: 'Roof visit',
        startTime: '2026-12-01T15:00:00-05:00',
        endTime: '2026-12-01T16:00:00-05:00',
        appointmentStatus: 'confirmed',
        ignoreDateRange: true,
        ignoreFreeSlotValidation: true,
      });
      cast.appointmentId = id;
    },
    check: shows(/^- 2026-12-01 \d\d:\d\d [A-Z][\w+:-]+ Roof visit \(confirmed\) rb:[0-9A-Z]{8}$/mu),
  },
  {
    ...inTheNote,
    trigger: 'appointment changed',
    does: 'it is moved to the next day',
    referralRock: 'the line follows',
    act: changeAppointment({ startTime: '2026-12-02T15:00:00-05:00', endTime: '2026-12-02T16:00:00-05:00' }),
    check: shows(/^- 2026-12-02 \d\d:\d\d [A-Z][\w+:-]+ Roof visit \(confirmed\) rb:/mu),
  },
  {
    ...inTheNote,
    trigger: 'appointment cancelled',
    does: 'it is cancelled',
    referralRock: 'the line says so',
    act: changeAppointment({ appointmentStatus: 'cancelled' }),
    check: shows(/Roof visit \(cancelled\) rb:/u),
  },
  {
    ...inTheNote,
    trigger: 'appointment deleted',
    does: 'it is deleted',
    referralRock: 'the line is gone',
    async act(stage, cast) {
      await stage.ghl('DELETE', `/calendars/events/${cast.appointmentId}`, {});
    },
    check: shows(/Roof visit/u, false),
  },
];

export const items: readonly Scene[] = [...notes, ...tasks, ...appointments];
