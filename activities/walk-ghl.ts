import type { Data, RecordKind } from '../rules/records.ts';
import { isAfter, type Listed, timeIn } from '../rules/walk.ts';
import { linkedContacts } from '../store/walked.ts';
import { VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import type { List } from './walk-list.ts';

const CONTACTS = 500;
const PAGE = 100;

const contactOf = (data: Data): Listed => ({
  kind: 'contact',
  vendorId: String(data['id']),
  data,
  createdAt: data['dateAdded'],
  updatedAt: data['dateUpdated'],
});

interface EditedAt {
  since: string;
  until?: string;
  after?: (string | number)[];
}

/** Contacts by the time of their last edit, from where the last lap ended. */
export const edited: List = {
  name: 'edited contacts',
  all: [],
  async read({ clients, options, until: now }, { connection }, at) {
    const { since, after, until = now.toISOString() } = (at ?? { since: connection.start.toISOString() }) as EditedAt;
    const { contacts } = await clients.ghl.call(
      ghl.contact.search,
      {
        locationId: connection.locationId,
        pageLimit: CONTACTS,
        filters: [{ field: 'dateUpdated', operator: 'range', value: { gte: since } }],
        sort: [{ field: 'dateUpdated', direction: 'asc' }],
        ...(after ? { searchAfter: after } : {}),
      },
      options,
    );
    const last = contacts.at(-1);
    const next = last?.searchAfter;
    const isLast = !next || contacts.length < CONTACTS || JSON.stringify(next) === JSON.stringify(after);
    const isThere = isLast || isAfter({ updatedAt: last?.dateUpdated }, Date.parse(until));
    return {
      listed: contacts.map((contact) => contactOf(contact as Data)),
      calls: 1,
      ...(isThere ? { resume: { since: until } } : { next: { since, until, after: next } }),
    };
  },
};

export const contacts: List = {
  name: 'contacts',
  all: ['contact'],
  async read({ clients, options }, { connection }, at) {
    const after = at as (string | number)[] | null;
    const { contacts: page } = await clients.ghl.call(
      ghl.contact.search,
      {
        locationId: connection.locationId,
        pageLimit: CONTACTS,
        sort: [{ field: 'dateAdded', direction: 'asc' }],
        ...(after ? { searchAfter: after } : {}),
      },
      options,
    );
    const next = page.at(-1)?.searchAfter;
    const isLast = !next || page.length < CONTACTS || JSON.stringify(next) === JSON.stringify(after);
    return {
      listed: page.map((contact) => contactOf(contact as Data)),
      calls: 1,
      ...(isLast ? {} : { next }),
    };
  },
};

export const tasks: List = {
  name: 'tasks',
  all: ['task'],
  async read({ clients, options }, { connection }, at) {
    const skip = Number(at ?? 0);
    const { tasks: page } = await clients.ghl.call(
      ghl.location.searchTasks,
      { locationId: connection.locationId, limit: PAGE, skip },
      options,
    );
    const all = (page ?? []) as Data[];
    const listed = all
      .filter((task) => task['deleted'] !== true && typeof task['contactId'] === 'string')
      .map((task) => ({
        ...itemOf('task', task, String(task['contactId']), task['_id'] ?? task['id']),
        createdAt: task['dateAdded'] ?? task['createdAt'],
        updatedAt: task['dateUpdated'] ?? task['updatedAt'],
      }));
    return { listed, calls: 1, ...(all.length < PAGE ? {} : { next: skip + all.length }) };
  },
};

export const opportunities: List = {
  name: 'opportunities',
  all: ['opportunity'],
  async read({ clients, options }, { connection }, at) {
    const searchAfter = (at ?? []) as (string | number)[];
    const answer = await clients.ghl.call(
      ghl.opportunity.search,
      {
        locationId: connection.locationId,
        limit: PAGE,
        page: 1,
        searchAfter,
        additionalDetails: { notes: false, tasks: false, calendarEvents: false, unReadConversations: false },
      },
      options,
    );
    const all = (answer.opportunities ?? []) as Data[];
    const next = all.at(-1)?.['sort'];
    const isLast = !next || all.length < PAGE || JSON.stringify(next) === JSON.stringify(searchAfter);
    const listed = all
      .filter((one) => typeof one['contactId'] === 'string')
      .map((one) => ({
        ...itemOf('opportunity', one, String(one['contactId'])),
        createdAt: one['createdAt'],
        updatedAt: one['updatedAt'],
      }));
    return { listed, calls: 1, ...(isLast ? {} : { next }) };
  },
};

/** Notes and appointments can only be listed contact by contact. */
export const items: List = {
  name: 'notes and appointments',
  all: [],
  async read({ db, clients, options }, { connection }, at) {
    const [contact] = await linkedContacts(db, connection.id, (at ?? undefined) as string | undefined, 1);
    if (!contact) return { listed: [], calls: 0 };
    const { contactId, recordId: next } = contact;
    try {
      const { notes } = await clients.ghl.call(ghl.note.list, { contactId }, options);
      const { events } = await clients.ghl.call(ghl.contact.listAppointments, { contactId }, options);
      const there = ((events ?? []) as Data[]).filter(({ deleted }) => deleted !== true);
      const listed = [
        ...((notes ?? []) as Data[]).map((note) => itemOf('note', note, contactId)),
        ...there.map((event) => itemOf('appointment', event, contactId)),
      ].map((item) => ({
        ...item,
        createdAt: zoned(item.data['dateAdded'], connection.timeZone),
        updatedAt: zoned(item.data['dateUpdated'], connection.timeZone),
      }));
      return { listed, next, calls: 2, whole: { kinds: ['note', 'appointment'], parentIds: [contactId] } };
    } catch (error) {
      // The list of contacts tells that this one is gone.
      if (error instanceof VendorError && error.kind === 'NotFound') return { listed: [], next, calls: 1 };
      throw error;
    }
  },
};

/** A contact's appointments are listed with times as on the walls of the location. */
function zoned(time: unknown, zone: string): unknown {
  if (typeof time !== 'string') return time;
  return timeIn(zone, time)?.toISO() ?? time;
}

function itemOf(kind: RecordKind, data: Data, contactId: string, id: unknown = data['id']): Listed {
  return { kind, vendorId: String(id), data, parentKind: 'contact', parentId: contactId };
}
