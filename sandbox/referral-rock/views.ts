import type { Fields } from '../operation.ts';
import { programIdOf } from './lookup.ts';
import type { Rock } from './rock.ts';
import type { Member, Program, Referral, Reward } from './state.ts';

const sum = (amounts: readonly number[]): number => amounts.reduce((total, each) => total + each, 0);
const fullName = (person: { firstName: string; lastName: string }): string =>
  [person.firstName, person.lastName].filter(Boolean).join(' ');

export function memberView(rock: Pick<Rock, 'state'>, member: Member): Fields {
  const program = rock.state.programs.get(member.programId);
  const url = `https://brightside.referralrock.example/l/${member.referralCode}`;
  return {
    ...member,
    displayName: fullName(member),
    status: member.disabledFlag ? 'Disabled' : member.status,
    programName: program?.name ?? '',
    programTitle: program?.title ?? '',
    referralUrl: url,
    memberUrl: `${url}/member`,
    ...memberCounters(rock, member),
    recruiterAssignedName: '',
    recruiterAssignedEmail: '',
    recruiterAssignedExternalId: '',
    recruiterSourceName: '',
    recruiterSourceEmail: '',
    recruiterSourceExternalId: '',
    lastShare: null,
    lastActiveDate: member.activatedDate,
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    browserReferrerUrl: '',
    lastViewIPAddress: '',
  };
}

/** The counters that Referral Rock keeps on a member, counted from its referrals and rewards. */
export function memberCounters(rock: Pick<Rock, 'state'>, member: Member): Record<string, number> {
  const referrals = rock.state.referrals.by('memberId', member.id);
  const rewards = rock.state.rewards.by('memberId', member.id).filter((reward) => reward.type === 'Member');
  const inStatus = (status: Referral['status']): Referral[] => referrals.filter((each) => each.status === status);
  const issued = rewards.filter((reward) => reward.status === 'Issued');
  return {
    referrals: referrals.length,
    referralsPending: inStatus('Pending').length,
    referralsQualified: inStatus('Qualified').length,
    referralsApproved: inStatus('Approved').length,
    referralsApprovedAmount: sum(inStatus('Approved').map((each) => each.amount)),
    rewards: rewards.length,
    rewardAmountTotal: sum(rewards.map((each) => each.amount)),
    rewardsIssuedAmount: sum(issued.map((each) => each.amount)),
    rewardsPendingAmount: sum(rewards.filter((each) => each.status !== 'Issued').map((each) => each.amount)),
  };
}

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `phoneNumber` and `createDate` here, where a member has `phone` and `createDt`. */
export function referralView(rock: Rock, referral: Referral): Fields {
  const { memberId, ...fields } = referral;
  const member = rock.state.members.get(memberId);
  const program = rock.state.programs.get(member?.programId ?? '');
  return {
    ...fields,
    displayName: fullName(referral),
    fullName: fullName(referral),
    amountFormatted: dollars.format(referral.amount),
    programId: member?.programId ?? '',
    programName: program?.name ?? '',
    programTitle: program?.title ?? '',
    referringMemberId: memberId,
    referringMemberName: member ? fullName(member) : '',
    memberEmail: member?.email ?? '',
    memberReferralCode: member?.referralCode ?? '',
    memberExternalIdentifier: member?.externalIdentifier ?? '',
    conversionNote: '',
    conversionIPAddress: '',
    iPAddressSource: '',
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    browserReferrerUrl: '',
    recruiterAssignedName: '',
    recruiterAssignedEmail: '',
    recruiterAssignedExternalId: '',
    recruiterSourceId: null,
    recruiterSourceName: '',
    recruiterSourceEmail: '',
    recruiterSourceExternalId: '',
  };
}

export function rewardView(rock: Rock, reward: Reward): Fields {
  const member = rock.state.members.get(reward.memberId);
  const referral = rock.state.referrals.get(reward.referralId ?? '');
  const recipient = reward.type === 'Member' ? member : referral;
  return {
    ...reward,
    payoutDescription: rock.state.payouts.get(reward.payoutId)?.description ?? '',
    programName: rock.state.programs.get(reward.programId)?.name ?? '',
    recipientId: reward.type === 'Member' ? reward.memberId : reward.referralId,
    recipientName: recipient ? fullName(recipient) : '',
    recipientEmailAddress: recipient?.email ?? '',
    recipientExternalIdentifier: recipient?.externalIdentifier ?? '',
    referralDisplayName: referral ? fullName(referral) : '',
    currencyCode: 'USD',
    transactionID: '',
    paymentCode: '',
    paymentType: '',
    reason: '',
    reasonOther: '',
  };
}

export function programView(program: Program): Fields {
  const url = `https://brightside.referralrock.example/promotion/${program.id}`;
  const { isDefault: _isDefault, preloadsCustomers: _preloads, ...fields } = program;
  return { ...fields, directUrl: url, widgetUrl: `${url}/widget` };
}

/** Hook bodies of members, referrals and rewards: `Id` with a capital, all else in camel case (the published sample of a member). */
export function hookBody(view: Fields): Fields {
  const { id, ...rest } = view;
  return { Id: id, ...rest };
}

/** The Program hook is in Pascal case throughout and carries the program's counters. */
export function programHookBody(rock: Rock, program: Program): Fields {
  const members = rock.state.members.by('programId', program.id);
  const referrals = rock.state.referrals.all().filter((referral) => programIdOf(rock, referral) === program.id);
  const rewards = rock.state.rewards.by('programId', program.id);
  const inStatus = (status: Referral['status']): Referral[] => referrals.filter((each) => each.status === status);
  const issued = rewards.filter((reward) => reward.status === 'Issued');
  const view = programView(program);
  return {
    Id: program.id,
    IsActive: program.isActive,
    IsDefault: program.isDefault,
    Name: program.name,
    Type: program.type,
    Title: program.title,
    MemberOffer: program.memberOffer,
    ReferralOffer: program.referralOffer,
    DirectUrl: view['directUrl'],
    WidgetUrl: view['widgetUrl'],
    LoginUrl: 'https://brightside.referralrock.example/login',
    RegistrationViews: 0,
    MembersRegistered: members.length,
    MemberViews: sum(members.map((each) => each.views)),
    ReferralViews: 0,
    ReferralsCreated: referrals.length,
    ReferralsApproved: inStatus('Approved').length,
    MembersActive: members.filter((each) => !each.disabledFlag).length,
    MembersDisabled: members.filter((each) => each.disabledFlag).length,
    ReferralsPending: inStatus('Pending').length,
    ReferralsQualified: inStatus('Qualified').length,
    ReferralsDenied: inStatus('Denied').length,
    ReferralsApprovedAmount: sum(inStatus('Approved').map((each) => each.amount)),
    RewardsCreated: rewards.length,
    RewardsPending: rewards.filter((each) => each.status === 'Pending').length,
    RewardsIssued: issued.length,
    RewardsIssuedAmount: sum(issued.map((each) => each.amount)),
  };
}
