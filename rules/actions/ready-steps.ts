import type { ActionStep } from '../rule-set.ts';

/*
 * Steps that several of the default actions take.
 */

export const addTag = (tag: string, sentence: string): ActionStep => ({
  name: 'tags',
  operation: 'ghl.contact.add-tags',
  input: { contactId: '{{ contact.id }}', tags: [tag] },
  sentence,
});

export const leaveNote = (name: string, body: string, sentence: string): ActionStep => ({
  name,
  operation: 'ghl.note.create',
  input: { contactId: '{{ contact.id }}', body },
  sentence,
});
