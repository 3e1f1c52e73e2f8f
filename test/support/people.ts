import type { Contact, Note, Task } from '../../sandbox/ghl/state.ts';
import type { Member, Referral } from '../../sandbox/referral-rock/state.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Json } from './rockbridge.ts';

export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  /** E.164. */
  phone: string;
}

/** What both vendors hold of a person. */
export interface Found {
  contacts: Contact[];
  /** Of those contacts. */
  tasks: Task[];
  notes: Note[];
  members: Member[];
  referrals: Referral[];
}

/** Where people act: the sandbox, and a request as a person in a vendor's own page makes it. */
export interface World {
  readonly sandbox: Sandbox;
  asUser(vendor: 'ghl' | 'referral-rock', method: string, path: string, body?: unknown): Promise<Json>;
}

let given = 0;
const values = new Set<string>();

/** Somebody whom no other test knows; each of the values occurs nowhere else. */
export function somebody(): Person {
  given += 1;
  const n = String(given).padStart(3, '0');
  const person = {
    firstName: `Norabel${n}`,
    lastName: `Quillfeather${n}`,
    email: `norabel${n}.quillfeather@example.com`,
    phone: `+1512557${String(1000 + given)}`,
  };
  for (const value of Object.values(person)) values.add(value);
  return person;
}

/** Every value of everybody so far: what must stand in no history. */
export function personalValues(): string[] {
  return [...values];
}

/** A person adds a contact in GHL's page. */
export async function addContact(world: World, fields: Partial<Person>): Promise<Contact> {
  const { locationId } = world.sandbox.info.ghl;
  const { contact, ...refusal } = await world.asUser('ghl', 'POST', '/contacts/', { locationId, ...fields });
  if (!contact) throw new Error(`GHL made no contact: ${JSON.stringify(refusal)}`);
  return contact as Contact;
}

export async function editContact(world: World, contactId: string, fields: object): Promise<void> {
  await world.asUser('ghl', 'PUT', `/contacts/${contactId}`, fields);
}

/** Somebody joins a program of Referral Rock: the first one, unless told otherwise. */
export async function addMember(world: World, person: Partial<Person> = somebody(), program = 0): Promise<Member> {
  const programId = world.sandbox.info.referralRock.programs[program]?.id;
  const { member, ...refusal } = await world.asUser('referral-rock', 'POST', '/api/members', {
    programId,
    ...person,
  });
  if (!member) throw new Error(`Referral Rock made no member: ${JSON.stringify(refusal)}`);
  return member as Member;
}

/** A member refers somebody. */
export async function refer(
  world: World,
  { referralCode }: { referralCode: string },
  { phone, ...person }: Partial<Person>,
  fields: object = {},
): Promise<Referral> {
  const { referral, ...refusal } = await world.asUser('referral-rock', 'POST', '/api/referrals', {
    referralCode,
    ...person,
    ...(phone === undefined ? {} : { phoneNumber: phone }),
    ...fields,
  });
  if (!referral) throw new Error(`Referral Rock made no referral: ${JSON.stringify(refusal)}`);
  return referral as Referral;
}

export async function editReferral(world: World, { id }: { id: string }, fields: object): Promise<void> {
  const query = { primaryInfo: { referralId: id } };
  await world.asUser('referral-rock', 'POST', '/api/referral/update', [{ query, referral: fields }]);
}

/** Everything that stands under a person's e-mail, by both vendors' own states. */
export function find({ sandbox: { ghl, referralRock } }: World, { email }: { email: string }): Found {
  const contacts = ghl.contacts.by('email', email);
  return {
    contacts,
    tasks: contacts.flatMap(({ id }) => ghl.tasks.by('contactId', id)),
    notes: contacts.flatMap(({ id }) => ghl.notes.by('contactId', id)),
    members: referralRock.members.by('email', email),
    referrals: referralRock.referrals.by('email', email),
  };
}

/** A member and somebody they have referred, linked to a contact of their own. */
export async function referred(
  world: World & { settled(): Promise<unknown> },
  person: Person = somebody(),
): Promise<{ person: Person; contactId: string; referralId: string; memberId: string }> {
  const member = await addMember(world);
  await world.settled();
  const { id: referralId } = await refer(world, member, person);
  await world.settled();
  const [contact] = find(world, person).contacts;
  if (!contact) throw new Error('The referral has no contact');
  return { person, contactId: contact.id, referralId, memberId: member.id };
}

export async function addTask(world: World, contactId: string, fields: object = {}): Promise<Task> {
  const task = { title: 'Send the papers', dueDate: '2026-12-01T23:00:00.000Z', completed: false, ...fields };
  return (await world.asUser('ghl', 'POST', `/contacts/${contactId}/tasks`, task))['task'] as Task;
}

export async function completeTask(world: World, { id, contactId }: Task, completed = true): Promise<void> {
  await world.asUser('ghl', 'PUT', `/contacts/${contactId}/tasks/${id}/completed`, { completed });
}

export async function addNote(world: World, contactId: string, body: string): Promise<Note> {
  const userId = world.sandbox.info.ghl.users[0]?.id;
  return (await world.asUser('ghl', 'POST', `/contacts/${contactId}/notes`, { body, userId }))['note'] as Note;
}

export async function addTags(world: World, contactId: string, ...tags: string[]): Promise<void> {
  await world.asUser('ghl', 'POST', `/contacts/${contactId}/tags`, { tags });
}

export async function removeTags(world: World, contactId: string, ...tags: string[]): Promise<void> {
  await world.asUser('ghl', 'DELETE', `/contacts/${contactId}/tags`, { tags });
}

/** A person puts a deal into the pipeline. */
export async function addOpportunity(world: World, contactId: string, fields: object = {}): Promise<{ id: string }> {
  const { ids, locationId } = world.sandbox.info.ghl;
  const { pipelineId, stageIds } = ids as unknown as { pipelineId: string; stageIds: Record<string, string> };
  const opportunity = {
    pipelineId,
    pipelineStageId: stageIds['new'],
    locationId,
    name: 'Roof',
    status: 'open',
    contactId,
  };
  const answer = await world.asUser('ghl', 'POST', '/opportunities/', { ...opportunity, ...fields });
  return answer['opportunity'] as { id: string };
}

/** The text of a referral's note. */
export function noteOf({ sandbox }: World, referralId: string): string {
  return sandbox.referralRock.referrals.get(referralId)?.note ?? '';
}

/** A person books an appointment. */
export async function addAppointment(world: World, contactId: string, fields: object = {}): Promise<{ id: string }> {
  const { locationId, ids } = world.sandbox.info.ghl;
  const appointment = {
    calendarId: ids['calendarId'],
    locationId,
    contactId,
    title: 'Roof visit',
    startTime: '2026-12-01T15:00:00-05:00',
    endTime: '2026-12-01T16:00:00-05:00',
    appointmentStatus: 'confirmed',
    ignoreDateRange: true,
    ignoreFreeSlotValidation: true,
    ...fields,
  };
  return (await world.asUser('ghl', 'POST', '/calendars/events/appointments', appointment)) as { id: string };
}
