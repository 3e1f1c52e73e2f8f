import type { Faker } from '@faker-js/faker';
import type { Contact } from '../ghl/state.ts';
import { toKey } from '../ghl/custom-fields.ts';
import { blankMember, blankReferral } from '../referral-rock/models.ts';
import { rockDate } from '../referral-rock/rock.ts';
import type { Member, Referral, ReferralStatus, RockState } from '../referral-rock/state.ts';
import { programIds } from './account.ts';

/** Nine of ten members are contacts too; one in ten of those is typed with another letter case in its e-mail. */
export function plantMembers(
  faker: Faker,
  rock: RockState,
  contacts: readonly Contact[],
  count: number,
  now: number,
): Member[] {
  const members: Member[] = [];
  for (let n = 0; n < count; n += 1) {
    const contact = n % 10 === 9 ? undefined : contacts[n];
    const created = faker.date.recent({ days: 300, refDate: now - 86_400_000 }).getTime();
    const person = contact ? personOf(contact) : stranger(faker, '940', n);
    members.push(
      rock.members.put({
        ...blankMember,
        ...person,
        email: n % 10 === 4 ? person.email.replace(/^./, (letter) => letter.toUpperCase()) : person.email,
        id: faker.string.uuid(),
        programId: n % 4 === 3 ? programIds.partners : programIds.customers,
        referralCode: faker.string.hexadecimal({ length: 8, casing: 'upper', prefix: '' }),
        status: n % 3 === 0 ? 'Activated' : 'Preloaded',
        createDt: rockDate(created),
        activatedDate: n % 3 === 0 ? rockDate(created + 3_600_000) : null,
        views: faker.number.int(40),
        emailShares: faker.number.int(5),
        socialShares: faker.number.int(5),
        disabledFlag: n === count - 1,
        disabledReason: n === count - 1 ? 'Admin' : '',
      }),
    );
  }
  return members;
}

type Person = { firstName: string; lastName: string; email: string; phone: string };

function personOf(
  contact: Contact,
): Person & Pick<Member, 'addressLine1' | 'city' | 'region' | 'postalCode' | 'country'> {
  return {
    firstName: contact.firstName ?? '',
    lastName: contact.lastName ?? '',
    email: contact.email ?? '',
    phone: asTyped(contact.phone ?? ''),
    addressLine1: contact.address1 ?? '',
    city: contact.city ?? '',
    region: 'Texas',
    postalCode: contact.postalCode ?? '',
    country: 'United States',
  };
}

function stranger(faker: Faker, areaCode: string, n: number): Person {
  const [firstName, lastName] = [faker.person.firstName(), faker.person.lastName()];
  const email = `${toKey(firstName)}.${toKey(lastName)}${n}@example.net`;
  return { firstName, lastName, email, phone: `(${areaCode}) 555-0${100 + (n % 100)}` };
}

/** Referral Rock keeps a phone as it was typed: +15125550123 as (512) 555-0123. */
function asTyped(phone: string): string {
  return phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}

const statuses: ReferralStatus[] = ['Pending', 'Pending', 'Pending', 'Qualified', 'Approved', 'Denied'];

/** Two of five referrals are people who are contacts already. */
export function plantReferrals(
  faker: Faker,
  rock: RockState,
  members: readonly Member[],
  friends: readonly Contact[],
  count: number,
  now: number,
): void {
  const active = members.filter((member) => !member.disabledFlag);
  for (let n = 0; n < count; n += 1) {
    const member = active[faker.number.int(active.length - 1)];
    if (!member) return;
    const friend = n % 5 < 2 ? friends[n] : undefined;
    const { phone, ...person } = friend ? personOf(friend) : stranger(faker, '830', n);
    const created = faker.date.between({ from: member.createDt, to: now }).getTime();
    const updated = faker.date.between({ from: created, to: now }).getTime();
    const status = statuses[n % statuses.length] ?? 'Pending';
    const referral = rock.referrals.put({
      ...blankReferral,
      ...person,
      phoneNumber: phone,
      id: faker.string.uuid(),
      memberId: member.id,
      status,
      amount: status === 'Pending' ? 0 : faker.number.int({ min: 10, max: 120 }) * 100,
      note: n % 7 === 0 ? 'Met at the neighbourhood fair.' : '',
      source: 'Form',
      createDate: rockDate(created),
      updateDate: rockDate(updated),
      qualifiedDate: status === 'Qualified' || status === 'Approved' ? rockDate(updated) : null,
      approvedDate: status === 'Approved' ? rockDate(updated) : null,
    });
    if (status === 'Approved') plantReward(faker, rock, member, referral, n % 12 === 4);
  }
}

function plantReward(faker: Faker, rock: RockState, member: Member, referral: Referral, issued: boolean): void {
  const rule = rock.rewardRules
    .by('programId', member.programId)
    .find((each) => each.isEnabled && each.trigger.status === 'Approved');
  if (!rule) return;
  rock.rewards.put({
    id: faker.string.uuid(),
    payoutId: rule.payoutId,
    programId: member.programId,
    memberId: member.id,
    referralId: referral.id,
    type: 'Member',
    status: issued ? 'Issued' : 'Pending',
    amount: rule.reward.amount,
    description: rule.description,
    createDate: referral.updateDate,
    updateDate: referral.updateDate,
    issueDate: issued ? referral.updateDate : null,
    eligibilityDate: referral.updateDate,
    externalIdentifier: '',
    completeNote: '',
    programRewardRuleId: rule.id,
    source: 'RewardRule',
  });
}
