import assert from 'node:assert/strict';
import { assertEnded, email, NOTHING, phone, type Scene } from '../scene.ts';
import { shownOf } from './members.ts';

const contactChanged: Scene = {
  trigger: 'contact changed',
  does: 'her last name and phone are edited in GoHighLevel',
  ghl: NOTHING,
  referralRock: 'last name and phone follow',
  writes: ['rr.referral.update'],
  async act(stage, cast) {
    await stage.ghl('PUT', `/contacts/${cast.contactId}`, { lastName: 'Quill-Park', phone: phone(cast, 2) });
  },
  async check(stage, cast) {
    const referral = await stage.referral(cast.referralId);
    assert.deepEqual([referral.lastName, referral.phoneNumber], ['Quill-Park', phone(cast, 2)]);
    await assertEnded(stage, 'ContactUpdate', cast.contactId);
  },
};

const contactOpened: Scene = {
  trigger: 'contact opened',
  does: 'her company is edited in GoHighLevel, the webhook is lost, and somebody opens her page',
  ghl: NOTHING,
  referralRock: 'company follows',
  writes: ['rr.referral.update'],
  async act(stage, cast) {
    await stage.sandbox.setWebhooks({ drop: 1 });
    try {
      await stage.ghl('PUT', `/contacts/${cast.contactId}`, { companyName: 'Quill & Park' });
      await stage.sandbox.idle();
    } finally {
      await stage.sandbox.setWebhooks({ drop: 0 });
    }
    await stage.api(`customers/${cast.contactId}`);
  },
  async check(stage, cast) {
    assert.equal((await stage.referral(cast.referralId)).companyName, 'Quill & Park');
    await assertEnded(stage, 'Opened', cast.contactId);
  },
};

const tagsChanged: Scene = {
  trigger: 'tags changed',
  does: 'she is tagged “vip” and “likes tea” in GoHighLevel',
  ghl: NOTHING,
  referralRock: 'both stand in the slot “GHL tags”',
  writes: ['rr.referral.update'],
  async act(stage, cast) {
    await stage.ghl('POST', `/contacts/${cast.contactId}/tags`, { tags: ['vip', 'Likes tea'] });
  },
  async check(stage, cast) {
    const { customText3Name, customText3Value } = await stage.referral(cast.referralId);
    assert.deepEqual([customText3Name, customText3Value], ['GHL tags', 'likes tea, vip']);
    await assertEnded(stage, 'ContactTagUpdate', cast.contactId);
  },
};

const contactAdded: Scene = {
  trigger: 'contact changed',
  does: 'Ida is added in GoHighLevel, whom nobody referred',
  ghl: NOTHING,
  referralRock: NOTHING,
  writes: [],
  async act(stage, cast) {
    const { contact } = await stage.ghl<{ contact: { id: string } }>('POST', '/contacts/', {
      locationId: stage.info.ghl.locationId,
      firstName: 'Ida',
      lastName: 'Moss',
      email: email(cast, 'ida'),
      phone: phone(cast, 4),
    });
    cast.joinerContactId = contact.id;
  },
  async check(stage, cast) {
    await assertEnded(stage, 'ContactCreate', cast.joinerContactId, /nothing to do/i);
  },
};

const joinsByTag: Scene = {
  trigger: 'tags changed',
  does: 'Ida is tagged referral-member in GoHighLevel',
  ghl: 'code and link written, tag rr-member',
  referralRock: 'member made',
  writes: ['ghl.contact.update', 'ghl.tag.add', 'rr.member.create'],
  async act(stage, cast) {
    await stage.ghl('POST', `/contacts/${cast.joinerContactId}/tags`, { tags: ['referral-member'] });
  },
  async learn(stage, cast) {
    cast.joinerMemberId = (await stage.findMember(email(cast, 'ida')))?.id ?? '';
  },
  async check(stage, cast) {
    const member = await stage.findMember(email(cast, 'ida'));
    assert.equal(member?.externalIdentifier, cast.joinerContactId);
    assert.ok((await stage.contact(cast.joinerContactId)).tags.includes('rr-member'));
    const shown = await shownOf(stage, cast.joinerContactId);
    assert.equal(shown['referral_code'], member?.referralCode);
    assert.ok(String(shown['referral_link']).includes(String(member?.referralCode)));
  },
};

const lonelyDeleted: Scene = {
  trigger: 'contact deleted',
  does: 'Omar’s contact is deleted in GoHighLevel',
  ghl: NOTHING,
  referralRock: 'left as it is',
  writes: [],
  async act(stage, cast) {
    await stage.ghl('DELETE', `/contacts/${cast.memberContactId}`);
  },
  async check(stage, cast) {
    assert.equal((await stage.member(cast.memberId)).lastName, 'Bell-Ray');
    await assertEnded(stage, 'ContactDelete', cast.memberContactId);
  },
};

const mergedAway: Scene = {
  trigger: 'contact deleted',
  does: 'Nora’s contact is deleted in GoHighLevel, where a second one with her e-mail lives on',
  ghl: NOTHING,
  referralRock: 'moving her referral there is proposed, held for a person',
  writes: [],
  async act(stage, cast) {
    await stage.sandbox.setSettings({ ghl: { allowDuplicateContact: true } });
    try {
      const { contact } = await stage.ghl<{ contact: { id: string } }>('POST', '/contacts/', {
        locationId: stage.info.ghl.locationId,
        firstName: 'Nora',
        lastName: 'Quill-Park',
        email: email(cast, 'nora'),
      });
      cast.secondContactId = contact.id;
      await stage.settled();
    } finally {
      await stage.sandbox.setSettings({ ghl: { allowDuplicateContact: false } });
    }
    await stage.ghl('DELETE', `/contacts/${cast.contactId}`);
  },
  async check(stage, cast) {
    const approvals = await stage.approvalsOf(cast.referralId);
    assert.deepEqual(
      approvals.map(({ kind }) => kind),
      ['ambiguous'],
    );
  },
};

const movedByApproval: Scene = {
  trigger: 'contact deleted',
  does: 'a person approves that',
  ghl: 'her tags and what of the note is told there',
  referralRock: 'the referral belongs to the second contact',
  writes: [],
  async act(stage, cast) {
    const [asked] = await stage.approvalsOf(cast.referralId);
    await stage.api(`approvals/${asked?.id}`, 'POST', { approve: true, contactId: cast.secondContactId });
  },
  observed: {
    does: 'as nothing is asked where it only observes, a person writes the second contact’s id into the referral',
    act: (stage, cast) => stage.editReferral(cast.referralId, { externalIdentifier: cast.secondContactId }),
  },
  async check(stage, cast) {
    assert.equal((await stage.referral(cast.referralId)).externalIdentifier, cast.secondContactId);
    assert.deepEqual(await stage.approvalsOf(cast.referralId), []);
  },
};

export const editing: readonly Scene[] = [contactChanged, contactOpened, tagsChanged, contactAdded, joinsByTag];
export const deleting: readonly Scene[] = [mergedAway, movedByApproval];
export const deletedLast: readonly Scene[] = [lonelyDeleted];
