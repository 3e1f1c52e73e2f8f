import assert from 'node:assert/strict';
import { assertEnded, email, NOTHING, phone, type Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

/** What a contact shows of its member, by the key of the custom field. */
export async function shownOf(stage: Stage, contactId: string): Promise<Record<string, unknown>> {
  const { customFields } = await stage.ghl<{ customFields: { id: string; fieldKey: string }[] }>(
    'GET',
    `/locations/${stage.info.ghl.locationId}/customFields`,
  );
  const keys = new Map(customFields.map(({ id, fieldKey }) => [id, fieldKey.replace(/^contact\./, '')]));
  const { customFields: values } = await stage.contact(contactId);
  return Object.fromEntries(values.map(({ id, value }) => [keys.get(id) ?? id, value]));
}

const memberAdded: Scene = {
  trigger: 'member added',
  does: 'Omar joins the program in Referral Rock',
  ghl: 'contact made with code and link, tag rr-member',
  referralRock: 'contact id written',
  writes: ['ghl.contact.create', 'ghl.tag.add', 'rr.member.update'],
  once: ['ghl.contact.update', ...Array.from({ length: 5 }, () => 'ghl.custom-field.create')],
  async act(stage, cast) {
    const programId = stage.info.referralRock.programs[0]?.id;
    const person = { firstName: 'Omar', lastName: 'Bell', email: email(cast, 'omar'), phone: phone(cast, 3) };
    const { member } = await stage.rock<{ member: { id: string } }>('POST', '/api/members', { programId, ...person });
    cast.memberId = member.id;
  },
  async learn(stage, cast) {
    cast.memberContactId = (await stage.member(cast.memberId)).externalIdentifier;
  },
  async check(stage, cast) {
    const { referralCode, externalIdentifier } = await stage.member(cast.memberId);
    assert.deepEqual((await stage.contact(externalIdentifier)).tags, ['rr-member']);
    const shown = await shownOf(stage, externalIdentifier);
    assert.equal(shown['referral_code'], referralCode);
    assert.match(String(shown['referral_link']), /^https:/);
    await assertEnded(stage, 'MemberAdd', cast.memberId, /created the contact/i);
  },
};

const memberUpdated: Scene = {
  trigger: 'member updated',
  does: 'his last name and city are edited in Referral Rock',
  ghl: 'last name and city follow',
  referralRock: NOTHING,
  writes: ['ghl.contact.update'],
  act: (stage, cast) => stage.editMember(cast.memberId, { lastName: 'Bell-Ray', city: 'Austin' }),
  async check(stage, cast) {
    const contact = await stage.contact(cast.memberContactId);
    assert.deepEqual([contact.lastName, contact.city], ['Bell-Ray', 'Austin']);
    await assertEnded(stage, 'MemberUpdate', cast.memberId);
  },
};

const memberDisabled: Scene = {
  trigger: 'member disabled',
  does: 'Ida’s membership is disabled in Referral Rock',
  ghl: 'tag rr-member removed',
  referralRock: NOTHING,
  writes: ['ghl.tag.remove'],
  act: (stage, cast) => stage.editMember(cast.joinerMemberId, { disabledFlag: true }),
  async check(stage, cast) {
    assert.ok(!(await stage.contact(cast.joinerContactId)).tags.includes('rr-member'));
  },
};

const enable: Scene['act'] = (stage, cast) => stage.editMember(cast.joinerMemberId, { disabledFlag: false });

const memberEnabled: Scene = {
  trigger: 'member enabled',
  does: 'it is enabled again',
  ghl: 'tag rr-member put back',
  referralRock: NOTHING,
  writes: ['ghl.tag.add'],
  act: enable,
  observed: { does: 'it is enabled again: as it was first seen, so there is nothing to do', act: enable, names: [] },
  async check(stage, cast) {
    assert.ok((await stage.contact(cast.joinerContactId)).tags.includes('rr-member'));
  },
};

const memberDeleted: Scene = {
  trigger: 'member deleted',
  does: 'Ida’s membership is deleted in Referral Rock',
  ghl: 'tag rr-member removed, contact kept',
  referralRock: NOTHING,
  writes: ['ghl.tag.remove'],
  async act(stage, cast) {
    const query = { primaryInfo: { memberId: cast.joinerMemberId } };
    await stage.rock('POST', '/api/members/remove', [{ query }]);
  },
  async check(stage, cast) {
    assert.ok(!(await stage.contact(cast.joinerContactId)).tags.includes('rr-member'));
    await assertEnded(stage, 'MemberDelete', cast.joinerMemberId);
  },
};

export const joining: readonly Scene[] = [memberAdded, memberUpdated];
export const leaving: readonly Scene[] = [memberDisabled, memberEnabled, memberDeleted];
