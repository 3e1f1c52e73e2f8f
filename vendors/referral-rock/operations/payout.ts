import { z } from 'zod';
import { id } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { helpPage, listed, under } from '../lists.ts';
import { Payout, PayoutTransaction, PendingPayout } from '../records/reward.ts';

const bareOrNamed = 'Whether the list comes bare or under a name: both are read.';

export const list = defineOperation({
  id: 'referral-rock.payout.list',
  vendor: 'referral-rock',
  title: 'List payouts',
  summary: "Reads the account's ways of paying rewards, with the programs that use them.",
  method: 'GET',
  path: '/api/payouts',
  query: [],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({}),
  output: z.looseObject({ payouts: z.array(Payout), message: listed.message }),
  unsure: [bareOrNamed],
  documentation: helpPage('GET-api-payouts-id'),
  decode: under('payouts'),
});

export const listPending = defineOperation({
  id: 'referral-rock.payout.list-pending',
  vendor: 'referral-rock',
  title: 'List pending payouts',
  summary: 'Reads what is owed to each recipient by each payout.',
  method: 'GET',
  path: '/api/payouts/pending',
  query: ['memberId', 'recipientId', 'includeIneligible'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    memberId: id.optional(),
    recipientId: id.optional(),
    includeIneligible: z.boolean().optional(),
  }),
  output: z.looseObject({ pendingPayouts: z.array(PendingPayout), message: listed.message }),
  unsure: [bareOrNamed],
  documentation: helpPage('GET-api-payouts-pending_memberId_recipientId_includeIneligible'),
  decode: under('pendingPayouts'),
});

export const listTransactions = defineOperation({
  id: 'referral-rock.payout.list-transactions',
  vendor: 'referral-rock',
  title: 'List payout transactions',
  summary: 'Reads what was paid out, all or of one recipient.',
  method: 'GET',
  path: '/api/payouts/transactions',
  query: ['recipientId', 'transactionId'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({ recipientId: id.optional(), transactionId: id.optional() }),
  output: z.looseObject({ transactions: z.array(PayoutTransaction), message: listed.message }),
  unsure: [bareOrNamed],
  documentation: helpPage('GET-api-payouts-transactions_recipientId_transactionId'),
  decode: under('transactions'),
});

/** Pays all that the recipient is owed by the payout. */
export const createTransaction = defineOperation({
  id: 'referral-rock.payout.create-transaction',
  vendor: 'referral-rock',
  title: 'Pay out what is owed',
  summary: 'Issues the pending rewards of one payout, to one recipient or to all of them.',
  method: 'POST',
  path: '/api/payouts/transactions',
  query: ['overrideIneligible'],
  scopes: [],
  effect: 'money',
  creates: true,
  input: z.strictObject({
    payoutId: id,
    recipientId: id.optional(),
    note: z.string().optional(),
    overrideIneligible: z.boolean().optional(),
  }),
  output: z.unknown(),
  unsure: ['What it answers.', 'Whether `recipientId` may be left out.'],
  documentation: helpPage('POST-api-payouts-transactions_overrideIneligible'),
});
