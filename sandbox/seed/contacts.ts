import type { Faker } from '@faker-js/faker';
import { location, locationId } from '../ghl/constants.ts';
import { toKey } from '../ghl/custom-fields.ts';
import type { Contact, GhlState } from '../ghl/state.ts';
import { userIds } from './account.ts';

const tagNames = ['customer', 'lead', 'newsletter', 'vip', 'past customer', 'roofing', 'gutters', 'solar'];
const areaCodes = ['512', '737', '210', '713', '214', '817'];
const taskTitles = [
  'Call back about the estimate',
  'Send inspection report',
  'Schedule roof inspection',
  'Follow up on quote',
  'Check warranty claim',
];
const noteTexts = [
  'Prefers text messages over calls.',
  'Asked for a quote for the garage roof.',
  'Dog in the yard, ring before entering.',
  'Happy with the last job, would recommend us.',
  'Insurance claim pending.',
];

/** Contacts with addresses, tags and custom fields, some with tasks and notes. */
export function plantContacts(faker: Faker, ghl: GhlState, count: number, now: number): Contact[] {
  const contacts: Contact[] = [];
  for (let n = 0; n < count; n += 1) contacts.push(ghl.contacts.put(newContact(faker, n, now)));
  const names = new Set(contacts.flatMap((contact) => contact.tags));
  for (const name of [...names].sort()) ghl.tags.put({ id: faker.string.alphanumeric(20), name, locationId });
  for (const contact of contacts) plantTasksAndNotes(faker, ghl, contact, now);
  return contacts;
}

function newContact(faker: Faker, n: number, now: number): Contact {
  const sex = faker.person.sexType();
  const [firstName, lastName] = [faker.person.firstName(sex), faker.person.lastName()];
  const dateAdded = faker.date.recent({ days: 400, refDate: now - 86_400_000 });
  const dateUpdated = faker.date.between({ from: dateAdded, to: now }).toISOString();
  const by = { source: 'WEB_USER', channel: 'APP', sourceId: userIds[0], timestamp: dateAdded.toISOString() };
  const hasPhone = faker.number.float() < 0.92;
  return {
    id: faker.string.alphanumeric(20),
    locationId,
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    email: `${toKey(firstName)}.${toKey(lastName)}${n}@example.com`,
    ...(hasPhone && { phone: phoneOf(n) }),
    address1: faker.location.streetAddress(),
    city: faker.helpers.arrayElement(['Austin', 'Round Rock', 'San Marcos', 'Georgetown', 'Pflugerville']),
    state: 'TX',
    postalCode: faker.location.zipCode('787##'),
    country: location.country,
    timezone: location.timezone,
    source: faker.helpers.arrayElement(['website form', 'phone', 'facebook', 'walk-in']),
    ...(faker.number.float() < 0.15 && { companyName: faker.company.name() }),
    ...(faker.number.float() < 0.5 && { assignedTo: faker.helpers.arrayElement(userIds) }),
    dnd: false,
    dndSettings: {},
    tags: faker.helpers.arrayElements(tagNames, { min: 0, max: 3 }),
    customFields: customFieldsOf(faker),
    additionalEmails: [],
    additionalPhones: [],
    dateAdded: dateAdded.toISOString(),
    dateUpdated,
    createdBy: by,
    lastUpdatedBy: { ...by, timestamp: dateUpdated },
  };
}

/** Numbers of the range kept for fiction (555-0100 to 0199), each once. */
function phoneOf(n: number): string {
  return `+1${areaCodes[Math.floor(n / 100) % areaCodes.length]}5550${100 + (n % 100)}`;
}

function customFieldsOf(faker: Faker): Contact['customFields'] {
  if (faker.number.float() < 0.6) return [];
  return [
    { id: 'SandboxField00000001', value: faker.helpers.arrayElement(['Shingle', 'Metal', 'Tile']) },
    { id: 'SandboxField00000003', value: faker.number.int({ min: 200, max: 25_000 }) },
  ];
}

function plantTasksAndNotes(faker: Faker, ghl: GhlState, contact: Contact, now: number): void {
  if (faker.number.float() < 0.25) {
    const dateAdded = faker.date.between({ from: contact.dateAdded, to: now }).toISOString();
    const dueDate = faker.date.soon({ days: 21, refDate: now });
    dueDate.setUTCMinutes(0, 0, 0);
    ghl.tasks.put({
      id: faker.string.alphanumeric(20),
      contactId: contact.id,
      title: faker.helpers.arrayElement(taskTitles),
      assignedTo: faker.helpers.arrayElement(userIds),
      dueDate: dueDate.toISOString(),
      completed: faker.number.float() < 0.3,
      dateAdded,
      dateUpdated: dateAdded,
    });
  }
  if (faker.number.float() < 0.3) {
    ghl.notes.put({
      id: faker.string.alphanumeric(20),
      contactId: contact.id,
      body: faker.helpers.arrayElement(noteTexts),
      userId: faker.helpers.arrayElement(userIds),
      pinned: false,
      dateAdded: faker.date.between({ from: contact.dateAdded, to: now }).toISOString(),
    });
  }
}
