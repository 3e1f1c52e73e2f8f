import assert from 'node:assert/strict';
import type { Operation } from '../../../vendors/operation.ts';
import { ghl } from '../../../vendors/operations.ts';

const at = '2026-07-17T10:19:39.023Z';

/** Shapes seen in live answers that GHL's documents deny: the field is an object instead of a list, a list instead of a text, null. */
const seen: [what: string, operation: Operation, answer: unknown][] = [
  [
    'a calendar without hours of its own',
    ghl.calendar.list,
    {
      calendars: [{ id: 'k1', name: 'Roofs', openHours: {}, availabilities: [], appointmentPerSlot: 1 }],
      traceId: 't1',
    },
  ],
  [
    'an appointment that was deleted and has no user',
    ghl.appointment.get,
    { appointment: { id: 'e1', startTime: '2026-08-01T12:00:00+02:00', createdBy: { userId: null }, deleted: true } },
  ],
  [
    'an appointment right after it was booked',
    ghl.appointment.create,
    { id: 'e1', appoinmentStatus: 'new', status: 'booked' },
  ],
  ['free slots beside a trace id', ghl.calendar.listFreeSlots, { '2026-12-01': { slots: [at] }, traceId: 't1' }],
  ["a user's many scopes", ghl.user.get, { id: 'u1', scopes: ['contacts.write'], platformLanguage: 'en', lcPhone: {} }],
  [
    "a pipeline's stages",
    ghl.pipeline.list,
    { pipelines: [{ id: 'p1', stages: [{ id: 's1', name: 'New', position: 0, stageWinProbability: 14.29 }] }] },
  ],
  [
    'an opportunity with a cursor and nothing assigned',
    ghl.opportunity.search,
    {
      opportunities: [
        { id: 'o1', assignedTo: null, source: null, followers: [], customFields: [], sort: [1784283579022, 'o1'] },
      ],
      total: 1,
    },
  ],
  [
    'a contact with values of every kind',
    ghl.contact.get,
    {
      contact: {
        id: 'c1',
        customFields: [
          { id: 'f1', value: 7 },
          { id: 'f2', value: ['a'] },
          { id: 'f3', value: { u1: {} } },
        ],
        attachments: [],
        additionalEmails: [],
        dateOfBirth: null,
      },
    },
  ],
  ['no contact with this e-mail', ghl.contact.findDuplicate, { contact: null, traceId: 't1' }],
  [
    'a found contact with its cursor',
    ghl.contact.search,
    { contacts: [{ id: 'c1', searchAfter: [1784, 'c1'] }], total: 1 },
  ],
  [
    'a found task, which has `_id`',
    ghl.location.searchTasks,
    { tasks: [{ _id: 't1', assignedTo: null, dateUpdated: at }] },
  ],
  [
    'what became of each contact of many',
    ghl.contact.bulkUpdateTags,
    { succeded: true, errorCount: 1, responses: [{ contactId: 'x', message: 'contact is deleted', type: 'error' }] },
  ],
  [
    'a note by an app that named no user',
    ghl.note.get,
    { note: { id: 'n1', userId: null, relations: [], bodyText: 'Hi' } },
  ],
  ["a company's token, which has no location", ghl.oauth.getToken, { access_token: 'eyJ', userType: 'Company' }],
];

describe('an answer as GoHighLevel really gives it', () => {
  for (const [what, operation, answer] of seen) {
    it(`is taken: ${what}`, () => {
      const parsed = operation.output.safeParse(answer);
      assert.deepEqual(parsed.error?.issues ?? [], []);
      assert.deepEqual(parsed.data, answer);
    });
  }
});
