import type { FastifyRequest } from 'fastify';
import { type Operation, type Reach, Refusal } from '../operation.ts';
import type { Quota } from '../quota.ts';
import type { VendorRules } from '../vendor-server.ts';
import { emailAndActionOperations } from './email-and-actions.ts';
import { feedOperations } from './feeds.ts';
import { hookOperations } from './hooks.ts';
import { memberAccessOperations } from './member-access.ts';
import { memberOperations } from './members.ts';
import { payoutOperations } from './payouts.ts';
import { programOperations } from './programs.ts';
import { referralOperations } from './referrals.ts';
import { rewardOperations } from './rewards.ts';
import { privateKey, publicKey, refusal, type Rock } from './rock.ts';

/** Referral Rock's whole surface: a new area is one more list of operations here. */
export function rockOperations(rock: Rock): Operation[] {
  return [
    ...programOperations(rock),
    ...memberOperations(rock),
    ...memberAccessOperations(rock),
    ...referralOperations(rock),
    ...rewardOperations(rock),
    ...payoutOperations(rock),
    ...feedOperations(rock),
    ...hookOperations(rock),
    ...emailAndActionOperations(rock),
  ];
}

export function rockVendor(rock: Rock, quota: Quota): VendorRules {
  return {
    name: 'referralRock',
    relaxedPaths: true,
    operations: rockOperations(rock),
    admit: (request, _operation, at) => admit(quota, request, at),
    headers: () => ({}),
    dress: (answer) => answer,
    unknownRoute: (request) => ({
      status: 404,
      body: { Message: `No HTTP resource was found that matches the request URI '${request.url}'.` },
    }),
    badJson: () => ({ status: 400, body: { Message: 'The request is invalid.' } }),
  };
}

const expected = `Basic ${Buffer.from(`${publicKey}:${privateKey}`).toString('base64')}`;

/** 429 and its Retry-After are assumed: Referral Rock says that there is a limit, not what happens at it. */
function admit(quota: Quota, request: FastifyRequest, now: number): Reach {
  if (request.headers.authorization !== expected) {
    throw refusal(401, 'Authorization has been denied for this request.');
  }
  if (quota.take(now)) return {};
  const seconds = Math.max(1, Math.ceil(quota.windowEndsIn(now) / 1000));
  throw new Refusal({
    status: 429,
    body: { Message: 'Too many requests.' },
    headers: { 'retry-after': String(seconds) },
  });
}
