import type { RecordKind } from '../store/records.ts';
import type { CallOptions, Vendor, VendorClient } from '../vendors/operation.ts';
import { VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import * as member from '../vendors/referral-rock/operations/member.ts';
import * as referral from '../vendors/referral-rock/operations/referral.ts';

export type Data = Record<string, unknown>;
export type Clients = Readonly<Record<Vendor, VendorClient>>;

type Read = (clients: Clients, vendorId: string, options: CallOptions) => Promise<Data>;

/** The strongest read of each kind of record: from the record itself, never from an index that lags. */
const READS: Record<RecordKind, { vendor: Vendor; read: Read }> = {
  contact: {
    vendor: 'ghl',
    read: async (clients, contactId, options) =>
      (await clients.ghl.call(ghl.contact.get, { contactId }, options)).contact,
  },
  referral: {
    vendor: 'referral-rock',
    read: (clients, referralId, options) => clients['referral-rock'].call(referral.get, { referralId }, options),
  },
  member: {
    vendor: 'referral-rock',
    read: async (clients, query, options) => {
      const { members } = await clients['referral-rock'].call(member.list, { query }, options);
      const found = members.find(({ id }) => id === query);
      if (!found) throw new VendorError('NotFound', member.list.id, `Referral Rock has no member ${query}`);
      return found;
    },
  },
};

/** Reads a record's present state at its vendor. Throws VendorError `NotFound` when the vendor does not know it. */
export function readRecord(clients: Clients, kind: RecordKind, vendorId: string, options: CallOptions): Promise<Data> {
  return READS[kind].read(clients, vendorId, options);
}

export function vendorOf(kind: RecordKind): Vendor {
  return READS[kind].vendor;
}

/** The account that a record's quota is counted on: the GHL location, or the connection's RR account. */
export function accountOf(connection: { id: string; locationId: string }, vendor: Vendor): CallOptions['account'] {
  return { vendor, id: vendor === 'ghl' ? connection.locationId : connection.id };
}
