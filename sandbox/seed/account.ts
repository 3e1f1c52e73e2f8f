import { locationId } from '../ghl/constants.ts';
import type { GhlState } from '../ghl/state.ts';
import type { RockState } from '../referral-rock/state.ts';

export const programIds = {
  customers: 'a0000000-0000-4000-8000-000000000001',
  partners: 'a0000000-0000-4000-8000-000000000002',
} as const;
const payoutId = 'a0000000-0000-4000-8000-000000000011';
const creditId = 'a0000000-0000-4000-8000-000000000012';

export const userIds = ['SandboxUserMaya00001', 'SandboxUserOwen00002', 'SandboxUserPriya0003'] as const;

/** What both accounts hold before any customer: users, programs, payouts and reward rules, which no API call can make. */
export function plantAccounts(ghl: GhlState, rock: RockState): void {
  const names = [
    ['Maya', 'Torres', 'admin'],
    ['Owen', 'Park', 'user'],
    ['Priya', 'Nair', 'user'],
  ] as const;
  names.forEach(([firstName, lastName, role], n) => {
    const email = `${firstName.toLowerCase()}@brightside.example`;
    ghl.users.put({
      id: userIds[n] ?? '',
      firstName,
      lastName,
      email,
      phone: `+1512555020${n}`,
      extension: '',
      type: 'account',
      role,
      locationIds: [locationId],
      permissions: {},
      scopes: [],
      dateAdded: '2025-01-06T15:00:00.000Z',
    });
  });
  plantPrograms(rock);
  rock.payouts.put({ id: payoutId, description: 'Gift card', payoutType: 'Manual' });
  rock.payouts.put({ id: creditId, description: 'Account credit', payoutType: 'Manual' });
  plantRules(rock);
}

function plantPrograms(rock: RockState): void {
  rock.programs.put({
    id: programIds.customers,
    name: 'Customer Referrals',
    title: 'Share Brightside with a friend',
    type: 'Form',
    isActive: true,
    isDefault: true,
    preloadsCustomers: true,
    memberOffer: '$50 gift card for each friend who becomes a customer',
    referralOffer: '10 % off the first service',
  });
  rock.programs.put({
    id: programIds.partners,
    name: 'Partner Program',
    title: 'Brightside for partners',
    type: 'Form',
    isActive: true,
    isDefault: false,
    memberOffer: '$150 for each approved lead',
    referralOffer: 'Free inspection',
  });
}

function plantRules(rock: RockState): void {
  const rule = (n: number, programId: string, description: string, amount: number, isEnabled: boolean): void => {
    const id = `a0000000-0000-4000-8000-00000000002${n}`;
    const trigger = { event: 'ReferralStatus', status: 'Approved' } as const;
    rock.rewardRules.put({
      id,
      programId,
      description,
      isEnabled,
      trigger,
      reward: { recipient: 'Member', amount },
      payoutId,
    });
  };
  rule(1, programIds.customers, 'Approved referral', 50, true);
  rule(2, programIds.partners, 'Approved lead', 150, true);
  rule(3, programIds.partners, 'Spring bonus', 25, false);
  rock.rewardRules.put({
    id: 'a0000000-0000-4000-8000-000000000024',
    programId: programIds.partners,
    description: 'Repeat business',
    isEnabled: true,
    trigger: { event: 'ReferralAction', status: null },
    reward: { recipient: 'Member', amount: 20 },
    payoutId: creditId,
  });
}

/** A few definitions of contact custom fields, as a location that has been used for a while has. */
export function plantCustomFields(ghl: GhlState, now: number): void {
  const definitions = [
    ['SandboxField00000001', 'Roof type', 'TEXT', []],
    ['SandboxField00000002', 'Preferred contact time', 'SINGLE_OPTIONS', ['Morning', 'Afternoon', 'Evening']],
    ['SandboxField00000003', 'Lifetime value', 'MONETORY', []],
    ['SandboxField00000004', 'Services', 'CHECKBOX', ['Roofing', 'Gutters', 'Solar']],
    ['SandboxField00000005', 'Last inspection', 'DATE', []],
  ] as const;
  definitions.forEach(([id, name, dataType, picklistOptions], position) => {
    ghl.customFields.put({
      id,
      name,
      fieldKey: `contact.${name.toLowerCase().replaceAll(' ', '_')}`,
      placeholder: '',
      dataType,
      position: position * 50,
      picklistOptions: [...picklistOptions],
      model: 'contact',
      locationId,
      parentId: 'SandboxFolder0000001',
      dateAdded: new Date(now - 400 * 86_400_000).toISOString(),
      standard: false,
    });
  });
}
