import type { Collection, Store } from '../store.ts';

export type Program = {
  id: string;
  name: string;
  title: string;
  type: 'Web' | 'Form';
  isActive: boolean;
  isDefault: boolean;
  memberOffer: string;
  referralOffer: string;
  /** "Preload New Customers": a customer fed in becomes a member. */
  preloadsCustomers?: boolean;
};

/** Referral Rock's models hold '' for a missing text and null for a missing date. */
export type Member = {
  id: string;
  programId: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  externalIdentifier: string;
  referralCode: string;
  dateOfBirth: string | null;
  addressLine1: string;
  addressLine2: string;
  city: string;
  region: string;
  countrySubdivision: string;
  country: string;
  postalCode: string;
  disabledFlag: boolean;
  disabledReason: string;
  customOverrideURL: string;
  payoutInfo: unknown;
  customOption1Name: string;
  customOption1Value: string;
  customText1Name: string;
  customText1Value: string;
  customText2Name: string;
  customText2Value: string;
  recruiterAssignedId: string | null;
  recruiterSourceId: string | null;
  status: 'Preloaded' | 'Invited' | 'Activated';
  createDt: string;
  activatedDate: string | null;
  emailShares: number;
  socialShares: number;
  views: number;
};

export type ReferralStatus = 'Pending' | 'Qualified' | 'Approved' | 'Denied';

export type Referral = {
  id: string;
  memberId: string;
  firstName: string;
  lastName: string;
  email: string;
  phoneNumber: string;
  preferredContact: string;
  externalIdentifier: string;
  amount: number;
  companyName: string;
  note: string;
  publicNote: string;
  customOption1Name: string;
  customOption1Value: string;
  customOption2Name: string;
  customOption2Value: string;
  customText1Name: string;
  customText1Value: string;
  customText2Name: string;
  customText2Value: string;
  customText3Name: string;
  customText3Value: string;
  addressLine1: string;
  addressLine2: string;
  city: string;
  region: string;
  postalCode: string;
  country: string;
  recruiterAssignedId: string | null;
  status: ReferralStatus;
  source: string;
  createDate: string;
  updateDate: string;
  qualifiedDate: string | null;
  approvedDate: string | null;
};

export type RewardStatus = 'Pending' | 'Processing' | 'Issued';

export type Reward = {
  id: string;
  payoutId: string;
  programId: string;
  memberId: string;
  referralId: string | null;
  type: 'Member' | 'Referral';
  status: RewardStatus;
  amount: number;
  description: string;
  createDate: string;
  updateDate: string;
  issueDate: string | null;
  eligibilityDate: string | null;
  externalIdentifier: string;
  completeNote: string;
  programRewardRuleId: string | null;
  source: string;
};

export type RewardRule = {
  id: string;
  programId: string;
  description: string;
  isEnabled: boolean;
  trigger: { event: 'ReferralStatus' | 'ReferralAction'; status: ReferralStatus | null };
  reward: { recipient: 'Member' | 'Referral'; amount: number };
  payoutId: string;
};

export type Payout = { id: string; description: string; payoutType: string };
export type ReferralAction = {
  id: string;
  referralId: string;
  amount: number;
  name: string;
  externalIdentifier: string;
  createDate: string;
};
/** Somebody who waits for an invitation. */
export type Invite = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  contactType: string;
  createDate: string;
};
export type Hook = { id: string; target_url: string; event: string };
export type Transaction = { id: string; rewardId: string; amount: number; createDate: string; recipientId: string };

export type RockSettings = {
  id: 'settings';
  /** Past it, new members are Disabled with reason MemberLimitHit. */
  memberLimit: number;
  /** [unsure] What a second member with the same e-mail in a program gets; `allow` leaves all care to the client. */
  duplicateMember: 'allow' | 'refuse';
};
export const rockDefaults: RockSettings = { id: 'settings', memberLimit: 1_000_000, duplicateMember: 'allow' };

/** Everything Referral Rock remembers. */
export type RockState = {
  programs: Collection<Program>;
  members: Collection<Member>;
  referrals: Collection<Referral>;
  rewards: Collection<Reward>;
  rewardRules: Collection<RewardRule>;
  payouts: Collection<Payout>;
  transactions: Collection<Transaction>;
  actions: Collection<ReferralAction>;
  invites: Collection<Invite>;
  hooks: Collection<Hook>;
  /** Ids are addresses in lower case. */
  unsubscribed: Collection<{ id: string }>;
  settings: Collection<RockSettings>;
};

export function openRockState(store: Store): RockState {
  const lower = (text: string): string => text.toLowerCase();
  return {
    programs: store.collection('rr.programs'),
    members: store.collection<Member>('rr.members', {
      email: (member) => lower(member.email),
      referralCode: (member) => lower(member.referralCode),
      externalIdentifier: (member) => lower(member.externalIdentifier),
      programId: (member) => member.programId,
    }),
    referrals: store.collection<Referral>('rr.referrals', {
      email: (referral) => lower(referral.email),
      externalIdentifier: (referral) => lower(referral.externalIdentifier),
      phoneNumber: (referral) => referral.phoneNumber,
      memberId: (referral) => referral.memberId,
    }),
    rewards: store.collection<Reward>('rr.rewards', {
      memberId: (reward) => reward.memberId,
      referralId: (reward) => reward.referralId ?? undefined,
      programId: (reward) => reward.programId,
    }),
    rewardRules: store.collection<RewardRule>('rr.rewardRules', { programId: (rule) => rule.programId }),
    payouts: store.collection('rr.payouts'),
    transactions: store.collection('rr.transactions'),
    actions: store.collection<ReferralAction>('rr.actions', {
      externalIdentifier: (action) => action.externalIdentifier,
    }),
    invites: store.collection<Invite>('rr.invites', { email: (invite) => lower(invite.email) }),
    hooks: store.collection<Hook>('rr.hooks', { event: (hook) => hook.event }),
    unsubscribed: store.collection('rr.unsubscribed'),
    settings: store.collection<RockSettings>('rr.settings'),
  };
}
