import { addressKeyOf } from '../store/address.ts';
import type { NewEvent } from '../store/inbox.ts';
import type { Route, Routes } from '../store/routing.ts';
import { recordOfEvent } from '../vendors/triggers.ts';
import { triggerOf, triggers } from '../workflows/triggers.ts';
import { fieldOf, idOf, idProblem, isPayload, parsePayload, type Payload, quotable, textOf } from './payload.ts';

/** What the bridge reads out of a payload: where the event belongs, and nothing about what it means. */
export type Reading = Omit<NewEvent, 'body' | 'contentType'> & {
  ignoredFor?: 'location' | 'program' | 'event' | 'record' | undefined;
};

type Base = Omit<Reading, 'status' | 'sentence' | 'ignoredFor'>;

/** A marketplace webhook of GHL: flat, but for appointments, whose fields are nested. Its location names the connection. */
export function readGhl(payload: Payload, routes: Routes, addressKey: Buffer): Reading {
  const event = quotable(textOf(payload['type']) ?? 'unknown');
  const locationId = textOf(payload['locationId']);
  const record = isPayload(payload['appointment']) ? payload['appointment'] : payload;
  const route = locationId === undefined ? undefined : routes.byLocation(locationId);
  const base: Base = {
    source: 'ghl',
    event,
    eventId: idOf(payload['webhookId']),
    connectionId: route?.connectionId,
    emailKey: emailKeyOf(payload['email'], addressKey),
    ...parentOf('contact', record['contactId']),
  };
  if (!route) return ignored(base, 'location', noLocation(locationId));
  // The app's own events speak of the location itself.
  const id = triggerOf('ghl', event) === 'connection' ? locationId : record['id'];
  return aboutRecord(base, 'ghl', id, `GHL's ${event}`);
}

/** A customer's own GHL workflow: a hint to read `contact_id` again (`id` may be the workflow's event, not the contact). */
export function readGhlWorkflow(payload: Payload, route: Route, addressKey: Buffer): Reading {
  const location = isPayload(payload['location']) ? textOf(payload['location']['id']) : undefined;
  const base: Base = {
    source: 'ghl-workflow',
    event: 'workflow',
    connectionId: route.connectionId,
    emailKey: emailKeyOf(payload['email'], addressKey),
  };
  if (location !== undefined && location !== route.ghlLocationId) {
    return ignored(
      base,
      'location',
      `The workflow runs in location ${quotable(location)}, which is not this connection's.`,
    );
  }
  return aboutRecord(base, 'ghl', payload['contact_id'], "The workflow's contact_id");
}

/**
 * A webhook of RR: the bare record, its keys in any casing. `accounts` are the connections of the path's token; among them the
 * program names the one. A program we have not read yet belongs to the account's only connection.
 */
export function readReferralRock(
  event: string,
  payload: Payload,
  accounts: readonly Route[],
  routes: Routes,
  addressKey: Buffer,
): Reading {
  const programId = textOf(fieldOf(payload, 'programId'));
  const owner = programId === undefined ? undefined : routes.ownerOfProgram(programId);
  const only = accounts.length === 1 ? accounts[0] : undefined;
  const route = owner === undefined ? only : accounts.find(({ connectionId }) => connectionId === owner);
  const base: Base = {
    source: 'referral-rock',
    event: quotable(event),
    connectionId: (route ?? only)?.connectionId,
    emailKey: emailKeyOf(fieldOf(payload, 'email') ?? fieldOf(payload, 'recipientEmailAddress'), addressKey),
    ...(triggerOf('referral-rock', event) === 'reward'
      ? recipientOf(payload)
      : { parentId: idOf(fieldOf(payload, 'referringMemberId')) }),
  };
  if (!route)
    return ignored(
      base,
      'program',
      `Program ${quotable(programId ?? '(none)')} belongs to no connection of this Referral Rock account.`,
    );
  if (triggerOf('referral-rock', event) === 'unsubscribe') return aboutAddress(base);
  return aboutRecord(base, 'referral-rock', fieldOf(payload, 'id'), `Referral Rock's ${base.event}`);
}

/** A reward is its recipient's: a member's or a referral's. */
function recipientOf(payload: Payload): Partial<Base> {
  const kind = textOf(fieldOf(payload, 'type'))?.toLowerCase() === 'referral' ? 'referral' : 'member';
  return parentOf(kind, fieldOf(payload, 'recipientId') ?? fieldOf(payload, `${kind}Id`));
}

/** With its parent's customer a record is placed; an id that is none names no parent. */
function parentOf(parentKind: 'contact' | 'member' | 'referral', id: unknown): Partial<Base> {
  const parentId = idOf(id);
  return parentId === undefined ? {} : { parentKind, parentId };
}

/** An event about an e-mail address names no record: the address itself is one, under its key. */
function aboutAddress(base: Base): Reading {
  const trigger = 'unsubscribe';
  if (base.emailKey === undefined)
    return ignored({ ...base, trigger }, 'record', `Referral Rock's ${base.event} names no e-mail address.`);
  return { ...base, trigger, recordKind: triggers[trigger].record, vendorId: base.emailKey, status: 'stored' };
}

/** Reads a kept event again, by the routes and triggers of today; undefined: it did not come from outside, or its connection is gone. */
export function readAgain(
  event: { source: string; event: string; connectionId: string | null; body: Uint8Array | null },
  routes: Routes,
  addressKey: Buffer,
): Reading | undefined {
  if (!event.body) return undefined;
  const payload = parsePayload(event.body);
  if (event.source === 'ghl') return readGhl(payload, routes, addressKey);
  const route = event.connectionId === null ? undefined : routes.byConnection(event.connectionId);
  if (!route) return undefined;
  if (event.source === 'ghl-workflow') return readGhlWorkflow(payload, route, addressKey);
  return event.source === 'referral-rock'
    ? readReferralRock(event.event, payload, [route], routes, addressKey)
    : undefined;
}

function aboutRecord(base: Base, vendor: 'ghl' | 'referral-rock', id: unknown, subject: string): Reading {
  const trigger = triggerOf(vendor, base.event);
  if (trigger === undefined) return ignored(base, 'event', `${subject}${unhandled(vendor, base.event)}`);
  const problem = idProblem(id);
  if (problem) return ignored({ ...base, trigger }, 'record', `${subject} names no usable record: its id ${problem}.`);
  return { ...base, trigger, recordKind: triggers[trigger].record, vendorId: id as string, status: 'stored' };
}

function unhandled(vendor: 'ghl' | 'referral-rock', event: string): string {
  const known = recordOfEvent(vendor, event);
  return known
    ? ` (${known.title.toLowerCase()}) is an event that no trigger handles.`
    : ' is an event that no trigger handles, and none that the catalog knows.';
}

function ignored(base: Base, ignoredFor: NonNullable<Reading['ignoredFor']>, sentence: string): Reading {
  return { ...base, status: 'ignored', ignoredFor, sentence };
}

function noLocation(locationId: string | undefined): string {
  return locationId === undefined
    ? 'The event names no location.'
    : `Location ${quotable(locationId)} belongs to no connection.`;
}

function emailKeyOf(email: unknown, addressKey: Buffer): string | undefined {
  const address = textOf(email);
  return address === undefined ? undefined : addressKeyOf(addressKey, address);
}
