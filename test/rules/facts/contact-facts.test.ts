import assert from 'node:assert/strict';
import { isEmailDnd, newsOfContact, tagsOf } from '../../../rules/facts/contact-facts.ts';
import type { ContactState, Data } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { contactWith, story } from '../contact-story.ts';

const old = { dateAdded: '2025-06-01T00:00:00Z' };
const email = (status: string): Data => ({ dndSettings: { Email: { status } } });

function factsOf(own: ContactState, trigger: 'contact' | 'tags' | 'dnd' = 'contact'): string[] {
  const { facts } = newsOfContact(story(trigger, own), own);
  return facts.map(({ kind, version, data }) => [kind, data['tag'], `v${version}`].filter(Boolean).join(' '));
}

const cases: [promise: string, own: ContactState, trigger: 'contact' | 'tags' | 'dnd', expected: string[]][] = [
  ['are none where nothing changed', contactWith({ tags: ['VIP'] }, { tags: ['vip'] }), 'tags', []],
  [
    'are a tag that came and one that went, each apart',
    contactWith({ tags: ['b', 'c'] }, { tags: ['a', 'b'] }, 4),
    'tags',
    ['contact.tag.added c v4', 'contact.tag.removed a v4'],
  ],
  ['are none of our own tags', contactWith({ tags: ['rr-referral', 'rr-status:pending'] }), 'tags', []],
  [
    'are all tags of a contact that was never seen',
    contactWith({ tags: ['b', 'a'] }, null),
    'contact',
    ['contact.tag.added a v0', 'contact.tag.added b v0'],
  ],
  [
    'are all tags of one without a date',
    contactWith({ tags: ['a'], dateAdded: null }, null),
    'tags',
    ['contact.tag.added a v0'],
  ],
  ['are none of one from before the start', contactWith({ tags: ['a'], ...old }, null), 'tags', []],
  ['are none of one from before the start, ever', contactWith({ tags: ['a'], ...old }, {}), 'tags', []],
  ['are that it shall not be e-mailed', contactWith(email('active')), 'dnd', ['contact.dnd.set v1']],
  ['are that it shall not be contacted at all', contactWith({ dnd: true }), 'contact', ['contact.dnd.set v1']],
  ['are that it may be again', contactWith(email('inactive'), { emailDnd: true }), 'dnd', ['contact.dnd.cleared v1']],
  ['are none of another channel', contactWith({ dndSettings: { SMS: { status: 'active' } } }), 'dnd', []],
  ['are none of what an old contact has always been', contactWith({ dnd: true, ...old }, null), 'contact', []],
  [
    'are the will of an old contact that says it now',
    contactWith({ dnd: true, ...old }, null),
    'dnd',
    ['contact.dnd.set v0'],
  ],
  [
    'are the will of an old contact that was seen otherwise',
    contactWith({ dnd: true, ...old }),
    'contact',
    ['contact.dnd.set v1'],
  ],
];

describe("a contact's facts", () => {
  for (const [promise, own, trigger, expected] of cases) {
    it(promise, () => assert.deepEqual(factsOf(own, trigger), expected));
  }

  it('have a key each, which shows no tag', () => {
    const own = contactWith({ tags: ['anna', 'bert'] });
    const keys = newsOfContact(story('tags', own), own).facts.map(({ key }) => key);
    assert.equal(new Set(keys).size, 2);
    assert.doesNotMatch(keys.join(), /anna|bert/);
  });

  it('of a plan that was given up are carried on as they were, before what came since', () => {
    const first = newsOfContact(story('tags', contactWith({ tags: ['a'] })), contactWith({ tags: ['a'] }));
    const now = contactWith({ tags: ['a', 'b'] });
    const waits: Partial<CustomerState> = { facts: first.facts };
    const again = newsOfContact(story('tags', now, [], waits), now);
    assert.deepEqual([again.facts, again.highlights], [first.facts, { tags: ['a'], emailDnd: false }]);
    const later = newsOfContact(story('tags', { ...now, seen: { value: again.highlights, version: 2 } }), {
      ...now,
      seen: { value: again.highlights, version: 2 },
    });
    assert.deepEqual(
      later.facts.map(({ data }) => data['tag']),
      ['b'],
    );
  });

  it('that wait for a retry stand beside the new ones', () => {
    const own = contactWith({ tags: ['a', 'b'] }, { tags: ['a'] }, 2);
    const [waiting] = newsOfContact(story('tags', contactWith({ tags: ['a'] })), contactWith({ tags: ['a'] })).facts;
    assert.ok(waiting);
    const { facts } = newsOfContact(story('tags', own, [], { facts: [waiting] }), own);
    assert.deepEqual(
      facts.map(({ data }) => data['tag']),
      ['a', 'b'],
    );
  });
});

describe("a contact's tags", () => {
  it('are read in lower case, sorted, each once, without our own; nonsense is none', () => {
    assert.deepEqual(tagsOf({ tags: [' VIP', 'vip', 'rr-member', '', null, 'A'] }), ['a', 'vip']);
    assert.deepEqual([tagsOf({}), tagsOf({ tags: null }), tagsOf({ tags: 'vip' })], [[], [], []]);
  });
});

describe('a contact that is not to be e-mailed', () => {
  it('says so for e-mail or for all channels', () => {
    const all = [email('active'), email('permanent'), { dnd: true }, { dnd: true, ...email('inactive') }];
    assert.deepEqual(all.map(isEmailDnd), [true, true, true, true]);
    const none = [email('inactive'), {}, { dnd: false, dndSettings: null }, { dndSettings: { Email: null } }];
    assert.deepEqual(none.map(isEmailDnd), [false, false, false, false]);
  });
});
