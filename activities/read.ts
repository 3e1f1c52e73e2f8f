import type { RecordKind } from '../rules/records.ts';
import type { CallOptions, Vendor, VendorClient } from '../vendors/operation.ts';
import { VendorError } from '../vendors/operation.ts';
import { ghl, referralRock } from '../vendors/operations.ts';
import { contactOfTask } from './find-task.ts';

export type Data = Record<string, unknown>;
export type Clients = Readonly<Record<Vendor, VendorClient>>;

/** What a record may be asked for by; an address is read by itself (observe-opt-out.ts), its record only has the key of it. */
type ReadableKind = Exclude<RecordKind, 'address'>;

type Read = (clients: Clients, vendorId: string, options: CallOptions, parentId: string | null) => Promise<Data>;

/** The strongest read of each kind of record: from the record itself, never from an index that lags. */
const READS: Record<ReadableKind, { vendor: Vendor; read: Read }> = {
  contact: {
    vendor: 'ghl',
    read: async (clients, contactId, options) =>
      (await clients.ghl.call(ghl.contact.get, { contactId }, options)).contact,
  },
  task: {
    vendor: 'ghl',
    async read(clients, taskId, options, parentId) {
      const contactId = parentId ?? (await contactOfTask(clients, taskId, options));
      return (await clients.ghl.call(ghl.task.get, { contactId, taskId }, options)).task;
    },
  },
  note: {
    vendor: 'ghl',
    async read(clients, noteId, options, contactId) {
      if (contactId === null)
        throw new VendorError('Invalid', ghl.note.get.id, `Note ${noteId}: nobody said whose it is`);
      return (await clients.ghl.call(ghl.note.get, { contactId, noteId }, options)).note;
    },
  },
  appointment: {
    vendor: 'ghl',
    async read(clients, eventId, options) {
      const { appointment } = await clients.ghl.call(ghl.appointment.get, { eventId }, options);
      // GHL still answers a deleted one by its id.
      if (appointment.deleted === true) throw notFound(ghl.appointment.get.id, `appointment ${eventId} is deleted`);
      return appointment;
    },
  },
  opportunity: {
    vendor: 'ghl',
    async read(clients, opportunityId, options) {
      const { opportunity } = await clients.ghl.call(ghl.opportunity.get, { opportunityId }, options);
      if (!opportunity) throw notFound(ghl.opportunity.get.id, `GHL has no opportunity ${opportunityId}`);
      return opportunity;
    },
  },
  location: {
    vendor: 'ghl',
    read: async (clients, locationId, options) =>
      (await clients.ghl.call(ghl.location.get, { locationId }, options)).location,
  },
  referral: {
    vendor: 'referral-rock',
    read: (clients, referralId, options) =>
      clients['referral-rock'].call(referralRock.referral.get, { referralId }, options),
  },
  member: {
    vendor: 'referral-rock',
    async read(clients, query, options) {
      const { list } = referralRock.member;
      const { members } = await clients['referral-rock'].call(list, { query }, options);
      return oneOf(members, query) ?? refuse(list.id, `Referral Rock has no member ${query}`);
    },
  },
  reward: { vendor: 'referral-rock', read: readReward },
  program: {
    vendor: 'referral-rock',
    async read(clients, programId, options) {
      const { list } = referralRock.program;
      const { programs } = await clients['referral-rock'].call(list, { programId }, options);
      return oneOf(programs, programId) ?? refuse(list.id, `Referral Rock has no program ${programId}`);
    },
  },
};

/** No call reads one reward: those of its recipient are listed, else the newest of all. */
async function readReward(
  clients: Clients,
  rewardId: string,
  options: CallOptions,
  recipientId: string | null,
): Promise<Data> {
  const { list } = referralRock.reward;
  const query = recipientId === null ? { sort: 'Create_Dt_Desc' as const, count: 200 } : { query: recipientId };
  const { rewards } = await clients['referral-rock'].call(list, query, options);
  return oneOf(rewards, rewardId) ?? refuse(list.id, `Referral Rock has no reward ${rewardId}`);
}

function oneOf(records: readonly Data[], id: string): Data | undefined {
  return records.find((record) => record['id'] === id);
}

function notFound(operation: string, message: string): VendorError {
  return new VendorError('NotFound', operation, message);
}

function refuse(operation: string, message: string): never {
  throw notFound(operation, message);
}

/**
 * Reads a record's present state at its vendor; `parentId`: of a task or note its contact, of a reward its recipient. Throws
 * VendorError `NotFound` when the vendor does not know it, or says that it is deleted.
 */
export function readRecord(
  clients: Clients,
  kind: RecordKind,
  vendorId: string,
  options: CallOptions,
  parentId: string | null = null,
): Promise<Data> {
  if (kind === 'address') throw new TypeError('An address is read by its e-mail, which its record does not have');
  return READS[kind].read(clients, vendorId, options, parentId);
}

export function vendorOf(kind: RecordKind): Vendor {
  return kind === 'address' ? 'referral-rock' : READS[kind].vendor;
}

/** The account that a record's quota is counted on: the GHL location, or the connection's RR account. */
export function accountOf(connection: { id: string; locationId: string }, vendor: Vendor): CallOptions['account'] {
  return { vendor, id: vendor === 'ghl' ? connection.locationId : connection.id };
}
