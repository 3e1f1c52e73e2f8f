import { ghlEvents } from './ghl/events.ts';
import { referralRockEvents } from './referral-rock/events.ts';
import type { TriggerRecord } from './trigger.ts';

/** What happens here, at no vendor. */
const ownEvents: readonly TriggerRecord[] = [
  {
    id: 'rockbridge.schedule',
    vendor: 'rockbridge',
    event: 'schedule',
    resource: 'connection',
    title: 'Scheduled',
    summary: 'A time that was set has come.',
    payload: () => ({ type: 'object', properties: { connectionId: { type: 'string' } }, required: ['connectionId'] }),
  },
  {
    id: 'rockbridge.manual',
    vendor: 'rockbridge',
    event: 'manual',
    resource: 'operation',
    title: 'Called by hand',
    summary: 'Somebody calls one operation of a vendor, by command line or API.',
    payload: () => ({
      type: 'object',
      properties: { operation: { type: 'string' }, input: { type: 'object' } },
      required: ['operation', 'input'],
    }),
  },
  {
    id: 'rockbridge.customer-opened',
    vendor: 'rockbridge',
    event: 'customer-opened',
    resource: 'contact',
    title: 'Customer opened',
    summary: 'Somebody looks at a customer, by API or page.',
    payload: () => ({ type: 'object', properties: { contactId: { type: 'string' } }, required: ['contactId'] }),
  },
];

/** Every event that there is, by its id. */
export const triggerRecords: ReadonlyMap<string, TriggerRecord> = new Map(
  [...ghlEvents, ...referralRockEvents, ...ownEvents].map((trigger) => [trigger.id, trigger]),
);

const byEvent = new Map([...triggerRecords.values()].map((trigger) => [`${trigger.vendor}/${trigger.event}`, trigger]));

/** The record of a vendor's event, or undefined: nobody has described it. */
export function recordOfEvent(vendor: TriggerRecord['vendor'], event: string): TriggerRecord | undefined {
  return byEvent.get(`${vendor}/${event}`);
}
