import { randomBytes } from 'node:crypto';
import { type Answer, bodyFields, type Call, type Fields, isFields, type Operation, textOf } from '../operation.ts';
import { findMember } from './lookup.ts';
import { membersByText } from './members.ts';
import { queryOf, refusal, type Rock } from './rock.ts';
import type { Member } from './state.ts';
import { memberCounters } from './views.ts';

export function memberAccessOperations(rock: Rock): Operation[] {
  return [
    {
      name: 'rr.member.stats',
      method: 'GET',
      path: '/api/memberstats/getsingle',
      effect: 'read',
      run: (call) => stats(rock, call),
    },
    {
      name: 'rr.member.access-urls',
      method: 'POST',
      path: '/api/memberaccessurls',
      effect: 'read',
      run: (call) => ({ status: 200, body: accessUrls(memberAsked(rock, call)) }),
    },
    {
      name: 'rr.member.access',
      method: 'POST',
      path: '/api/memberaccess',
      effect: 'read',
      run: (call) => ({ status: 200, body: olderAccessUrls(memberAsked(rock, call)) }),
    },
  ];
}

const periods = ['All', 'MonthToDate', 'LastMonth', 'Last7Days', 'Last30Days'];

/** Counted over all time, whatever period is asked for. */
function stats(rock: Rock, call: Call): Answer {
  const period = queryOf(call, 'timePeriod') ?? 'All';
  if (!periods.some((each) => each.toLowerCase() === period.toLowerCase()))
    throw refusal(400, `The timePeriod '${period}' is not valid.`);
  const member = membersByText(rock, queryOf(call, 'query') ?? '')[0];
  if (!member) throw refusal(404, 'Member not found.');
  const counters = memberCounters(rock, member);
  const body = {
    activatedDate: member.activatedDate,
    lastActiveDate: member.activatedDate,
    memberShares: member.emailShares + member.socialShares,
    memberViews: member.views,
    referralsCount: counters['referrals'],
    referralsPending: counters['referralsPending'],
    referralsQualified: counters['referralsQualified'],
    referralsApproved: counters['referralsApproved'],
    rewardsCount: counters['rewards'],
    rewardAmountTotal: counters['rewardAmountTotal'],
    rewardsPendingAmount: counters['rewardsPendingAmount'],
    rewardsIssuedAmount: counters['rewardsIssuedAmount'],
  };
  return { status: 200, body };
}

/** Named by a text, or by a member query. */
function memberAsked(rock: Rock, call: Call): Member {
  const asked = bodyFields(call)['memberQuery'];
  const found = isFields(asked) ? findMember(rock, asked) : { record: membersByText(rock, textOf(asked) ?? '')[0] };
  if (!('record' in found) || !found.record) throw refusal(404, 'Member not found.');
  return found.record;
}

/** Portal and embed links carry the log-in, new ones each time. */
function accessUrls({ referralCode }: Member): Fields {
  const share = `https://brightside.referralrock.example/l/${referralCode}`;
  const portal = `${share}/access/${randomBytes(8).toString('hex')}`;
  return {
    referralCode,
    portalUrl: portal,
    shareUrl: share,
    shareEmbedUrl: `${portal}/share`,
    fullEmbedUrl: `${portal}/embed`,
    webShareUrl: `${share}?s=web`,
    smsShareUrl: `${share}?s=sms`,
    whatsAppShareUrl: `${share}?s=whatsapp`,
  };
}

/** The deprecated form knows more networks. */
function olderAccessUrls(member: Member): Fields {
  const urls = accessUrls(member);
  const networks = ['facebook', 'messenger', 'twitter'].map((name) => [
    `${name}ShareUrl`,
    `${String(urls['shareUrl'])}?s=${name}`,
  ]);
  return { ...urls, ...Object.fromEntries(networks) };
}
