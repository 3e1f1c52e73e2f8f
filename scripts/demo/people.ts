import assert from 'node:assert/strict';
import { email, lastEvent, NOTHING, phone, type Scene, watch } from './scene.ts';

const referralAdded: Scene = {
  trigger: 'referral added',
  does: 'a member refers a new person in Referral Rock',
  async play(stage, cast) {
    const { members } = await stage.sandbox.asUser<{ members: { referralCode: string; disabledFlag: boolean }[] }>(
      'referralRock',
      'GET',
      '/api/members?showDisabled=false',
    );
    const referralCode = members.find(({ disabledFlag }) => !disabledFlag)?.referralCode;
    const person = {
      firstName: 'Nora',
      lastName: 'Quill',
      email: email(cast, 'nora'),
      phoneNumber: phone(cast, 1).slice(2),
    };
    const { writes, ms } = await watch(
      stage,
      () => [cast.referralId, email(cast, 'nora'), cast.contactId || NOTHING],
      async () => {
        const { referral } = await stage.sandbox.asUser<{ referral: { id: string } }>(
          'referralRock',
          'POST',
          '/api/referrals',
          { referralCode, ...person },
        );
        cast.referralId = referral.id;
        await stage.settled();
        cast.contactId = (await stage.referral(referral.id)).externalIdentifier;
      },
    );
    assert.deepEqual(writes, [
      'ghl.contact.create',
      'ghl.note.create',
      'ghl.tag.add',
      'ghl.task.create',
      'rr.referral.update',
    ]);
    const contact = await stage.contact(cast.contactId);
    assert.equal(contact.email, person.email);
    assert.equal(contact.phone, phone(cast, 1));
    for (const tag of ['rr-referral', 'rr-program:', 'rr-status:'])
      assert.ok(
        contact.tags.some((each) => each.startsWith(tag)),
        `the tag ${tag}`,
      );
    const [title = ''] = await stage.taskTitles(cast.contactId);
    assert.match(title, /^Call Nora Quill/);
    assert.equal((await stage.taskTitles(cast.contactId)).length, 1);
    assert.equal((await stage.noteBodies(cast.contactId)).length, 1);
    assert.ok(
      (await stage.referral(cast.referralId)).note.includes(`[ ] ${title}`),
      'the task stands in the note of the referral',
    );
    await lastEvent(stage, 'ReferralAdd', cast.referralId);
    return { ghl: 'contact made, 4 tags, 1 task, 1 note', referralRock: 'contact id and task line written', ms };
  },
};

const contactChanged: Scene = {
  trigger: 'contact changed',
  does: 'her last name and phone are edited in GoHighLevel',
  async play(stage, cast) {
    const { writes, ms } = await watch(
      stage,
      () => [cast.referralId, cast.contactId],
      async () => {
        await stage.sandbox.asUser('ghl', 'PUT', `/contacts/${cast.contactId}`, {
          lastName: 'Quill-Park',
          phone: phone(cast, 2),
        });
      },
    );
    assert.deepEqual(writes, ['rr.referral.update']);
    const referral = await stage.referral(cast.referralId);
    assert.deepEqual([referral.lastName, referral.phoneNumber], ['Quill-Park', phone(cast, 2)]);
    await lastEvent(stage, 'ContactUpdate', cast.contactId);
    return { ghl: NOTHING, referralRock: 'last name and phone follow', ms };
  },
};

const referralUpdated: Scene = {
  trigger: 'referral updated',
  does: 'her first name and public note are edited in Referral Rock',
  async play(stage, cast) {
    const { writes, ms } = await watch(
      stage,
      () => [cast.referralId, cast.contactId],
      () => stage.editReferral(cast.referralId, { firstName: 'Eleonora', publicNote: 'Prefers mornings' }),
    );
    assert.deepEqual(writes, ['ghl.contact.update', 'ghl.note.create']);
    assert.equal((await stage.contact(cast.contactId)).firstName, 'Eleonora');
    assert.ok(
      (await stage.noteBodies(cast.contactId)).some((body) => body.includes('Prefers mornings')),
      'a note tells the public note',
    );
    return { ghl: 'first name follows, 1 note', referralRock: NOTHING, ms };
  },
};

const statusChanged: Scene = {
  trigger: 'status changed',
  does: 'the referral is set to qualified in Referral Rock',
  async play(stage, cast) {
    const notesBefore = (await stage.noteBodies(cast.contactId)).length;
    const { writes, ms } = await watch(
      stage,
      () => [cast.referralId, cast.contactId],
      () => stage.editReferral(cast.referralId, { status: 'qualified' }),
    );
    assert.deepEqual(writes, ['ghl.note.create', 'ghl.tag.add', 'ghl.tag.remove']);
    const tags = (await stage.contact(cast.contactId)).tags.filter((tag) => tag.startsWith('rr-status:'));
    assert.equal(tags.length, 1);
    assert.match(tags[0] ?? '', /qualified$/);
    assert.equal((await stage.noteBodies(cast.contactId)).length, notesBefore + 1);
    await lastEvent(stage, 'ReferralStatusChange', cast.referralId);
    return { ghl: 'status tag swapped, 1 note', referralRock: NOTHING, ms };
  },
};

const memberAdded: Scene = {
  trigger: 'member added',
  does: 'a person joins the program in Referral Rock',
  async play(stage, cast) {
    const programId = stage.info.referralRock.programs[0]?.id;
    const person = { firstName: 'Omar', lastName: 'Bell', email: email(cast, 'omar'), phone: phone(cast, 3) };
    const { writes, ms } = await watch(
      stage,
      () => [cast.memberId, person.email, cast.memberContactId || NOTHING],
      async () => {
        const { member } = await stage.sandbox.asUser<{ member: { id: string } }>(
          'referralRock',
          'POST',
          '/api/members',
          { programId, ...person },
        );
        cast.memberId = member.id;
        await stage.settled();
        cast.memberContactId = (await stage.member(member.id)).externalIdentifier;
      },
    );
    assert.deepEqual(writes, ['ghl.contact.create', 'ghl.tag.add', 'rr.member.update']);
    assert.deepEqual((await stage.contact(cast.memberContactId)).tags, ['rr-member']);
    return { ghl: 'contact made, tag rr-member', referralRock: 'contact id written', ms };
  },
};

const memberUpdated: Scene = {
  trigger: 'member updated',
  does: 'the member’s last name is edited in Referral Rock',
  async play(stage, cast) {
    const { writes, ms } = await watch(
      stage,
      () => [cast.memberId, cast.memberContactId],
      () => stage.editMember(cast.memberId, { lastName: 'Bell-Ray' }),
    );
    assert.deepEqual(writes, ['ghl.contact.update']);
    assert.equal((await stage.contact(cast.memberContactId)).lastName, 'Bell-Ray');
    return { ghl: 'last name follows', referralRock: NOTHING, ms };
  },
};

export const peopleScenes: readonly Scene[] = [
  referralAdded,
  contactChanged,
  referralUpdated,
  statusChanged,
  memberAdded,
  memberUpdated,
];
