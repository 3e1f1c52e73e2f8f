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
  referralRock: 'member made, her tags in its slot',
  writes: ['ghl.contact.update', 'ghl.contact.update', 'ghl.tag.add', 'rr.member.create', 'rr.member.update'],
  goesOn: true,
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

const mergedAway: Scene = {
  trigger: 'contact deleted',
  does: 'Omar’s contact is deleted in GoHighLevel, where a second one with his e-mail lives on',
  ghl: NOTHING,
  referralRock: 'left as it is; moving his membership to that one is proposed, held for a person',
  writes: [],
  async act(stage, cast) {
    await stage.sandbox.setSettings({ ghl: { allowDuplicateContact: true } });
    try {
      const { contact } = await stage.ghl<{ contact: { id: string } }>('POST', '/contacts/', {
        locationId: stage.info.ghl.locationId,
        firstName: 'Omar',
        lastName: 'Bell-Ray',
        email: email(cast, 'omar'),
      });
      cast.secondContactId = contact.id;
      await stage.settled();
    } finally {
      await stage.sandbox.setSettings({ ghl: { allowDuplicateContact: false } });
    }
    await stage.ghl('DELETE', `/contacts/${cast.memberContactId}`);
  },
  async check(stage, cast) {
    const asked = (await stage.approvals()).filter(({ memberId }) => memberId === cast.memberId);
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['ambiguous'],
    );
    assert.equal((await stage.member(cast.memberId)).externalIdentifier, cast.memberContactId);
  },
};

const movedByApproval: Scene = {
  trigger: 'contact deleted',
  does: 'a person approves that',
  ghl: 'the second contact gets what it lacked: phone, city, tag rr-member',
  referralRock: 'the member has the id of the second contact',
  writes: ['ghl.contact.update', 'ghl.tag.add', 'rr.member.update'],
  async act(stage, cast) {
    const asked = (await stage.approvals()).find(({ memberId }) => memberId === cast.memberId);
    await stage.api(`approvals/${asked?.id}`, 'POST', { approve: true, contactId: cast.secondContactId });
  },
  observed: {
    does: 'nobody was asked where it only observes: nothing to approve, nothing moves',
    async act(stage) {
      assert.deepEqual(await stage.approvals(), []);
    },
    names: [],
  },
  async check(stage, cast) {
    assert.equal((await stage.member(cast.memberId)).externalIdentifier, cast.secondContactId);
    const contact = await stage.contact(cast.secondContactId);
    assert.deepEqual([contact.phone, contact.city, contact.tags], [phone(cast, 3), 'Austin', ['rr-member']]);
  },
};

const lonelyDeleted: Scene = {
  trigger: 'contact deleted',
  does: 'that one is deleted as well',
  ghl: NOTHING,
  referralRock: 'the member is left as it is',
  writes: [],
  async act(stage, cast) {
    await stage.ghl('DELETE', `/contacts/${cast.secondContactId}`);
  },
  async check(stage, cast) {
    assert.equal((await stage.member(cast.memberId)).lastName, 'Bell-Ray');
    await assertEnded(stage, 'ContactDelete', cast.secondContactId);
  },
};

export const editing: readonly Scene[] = [contactChanged, contactOpened, tagsChanged, contactAdded, joinsByTag];
export const deleting: readonly Scene[] = [mergedAway, movedByApproval, lonelyDeleted];
