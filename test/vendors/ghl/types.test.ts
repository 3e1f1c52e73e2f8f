import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { GENERATED, headerOf, typesDocument } from '../../../scripts/generate-types.ts';
import type { CallOptions, VendorClient } from '../../../vendors/operation.ts';
import { ghl } from '../../../vendors/operations.ts';

type Is<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;
type Answer<Record> = Record extends { output: { _output: infer Output } } ? Output : never;
const client = { call: async () => ({}), preview: () => ({}) } as unknown as VendorClient;
const options: CallOptions = { account: { vendor: 'ghl', id: 'location-1' } };

describe("the types of GHL's operations", () => {
  it('are generated from the documents and the overlay as they are now, and not edited', () => {
    const [header, ...types] = readFileSync(GENERATED, 'utf8').split('\n');
    assert.equal(header, headerOf(typesDocument(), types.join('\n')), 'npm run generate-types');
  });

  /* The compiler is the one to refuse: a line that it takes makes `@ts-expect-error` an error of `npm run typecheck`. */
  it('show the fields of an input and refuse a wrong one', async () => {
    await client.call(ghl.contact.update, { contactId: 'c1', firstName: 'Vera', lastName: null }, options);
    await client.call(ghl.contact.update, { contactId: 'c1', customFields: [{ id: 'f1', field_value: 7 }] }, options);
    // @ts-expect-error GHL has no such field
    await client.call(ghl.contact.update, { contactId: 'c1', fristName: 'Vera' }, options);
    // @ts-expect-error it would replace all tags
    await client.call(ghl.contact.update, { contactId: 'c1', tags: ['a'] }, options);
    // @ts-expect-error GHL refuses it here
    await client.call(ghl.contact.update, { contactId: 'c1', companyName: 'Rock' }, options);
    // @ts-expect-error whose?
    await client.call(ghl.contact.update, { firstName: 'Vera' }, options);
    // @ts-expect-error a boolean
    await client.call(ghl.task.complete, { contactId: 'c1', taskId: 't1', completed: 'yes' }, options);
    // @ts-expect-error none of the statuses
    await client.call(ghl.opportunity.setStatus, { opportunityId: 'o1', status: 'gone' }, options);
    // @ts-expect-error a search wants a page size
    await client.call(ghl.contact.search, { locationId: 'l1' }, options);
  });

  it('know the core records of the answers', () => {
    const known: {
      contactId: Is<Answer<typeof ghl.contact.get>['contact']['id'], string>;
      firstName: Is<Answer<typeof ghl.contact.get>['contact']['firstName'], string | null | undefined>;
      completed: Is<Answer<typeof ghl.task.list>['tasks'][number]['completed'], boolean | null | undefined>;
      pinned: Is<Answer<typeof ghl.note.create>['note']['pinned'], boolean | null | undefined>;
      tagId: Is<Answer<typeof ghl.tag.list>['tags'][number]['id'], string>;
      startTime: Is<Answer<typeof ghl.appointment.get>['appointment']['startTime'], string | null | undefined>;
      value: Is<Answer<typeof ghl.opportunity.get>['opportunity']['monetaryValue'], number | null | undefined>;
      fieldKey: Is<Answer<typeof ghl.customField.list>['customFields'][number]['fieldKey'], string | null | undefined>;
    } = {
      contactId: true,
      firstName: true,
      completed: true,
      pinned: true,
      tagId: true,
      startTime: true,
      value: true,
      fieldKey: true,
    };
    // @ts-expect-error a text: the types are not `any`, which would agree with everything
    const firstName: Answer<typeof ghl.contact.get>['contact']['firstName'] = 1;
    assert.ok(firstName && Object.values(known).every(Boolean));
  });
});
