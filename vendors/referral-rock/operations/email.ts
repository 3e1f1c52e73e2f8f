import { z } from 'zod';
import { defineOperation } from '../../operation.ts';
import { helpPage } from '../lists.ts';

const input = z.strictObject({ email: z.string().min(1) });
const unsure = ['What it answers.', 'Whether the address may stand in an object: it is sent as `{email}`.'];

export const getUnsubscribed = defineOperation({
  id: 'referral-rock.email.get-unsubscribed',
  vendor: 'referral-rock',
  title: 'Check whether an address is unsubscribed',
  summary: "Tells whether Referral Rock's mails to an address are off.",
  method: 'GET',
  path: '/api/email/getunsubscribed',
  query: ['email'],
  scopes: [],
  effect: 'read',
  creates: false,
  input,
  output: z.unknown(),
  unsure: ['What it answers.'],
  documentation: helpPage('GET-api-email-getunsubscribed_email'),
});

export const unsubscribe = defineOperation({
  id: 'referral-rock.email.unsubscribe',
  vendor: 'referral-rock',
  title: 'Unsubscribe an address',
  summary: "Turns Referral Rock's mails to an address off.",
  method: 'POST',
  path: '/api/email/unsubscribe',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input,
  output: z.unknown(),
  unsure,
  documentation: helpPage('POST-api-email-unsubscribe'),
});

export const resubscribe = defineOperation({
  id: 'referral-rock.email.resubscribe',
  vendor: 'referral-rock',
  title: 'Re-subscribe an address',
  summary: "Turns Referral Rock's mails to an address on again.",
  method: 'POST',
  path: '/api/email/removeunsubscribe',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input,
  output: z.unknown(),
  unsure,
  documentation: helpPage('POST-api-email-removeunsubscribe'),
});
