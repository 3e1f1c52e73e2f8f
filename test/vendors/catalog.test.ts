import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { catalog, isAskedFor, type OperationEntry, type TriggerEntry } from '../../vendors/catalog.ts';
import { ghl, operations } from '../../vendors/operations.ts';
import { triggerRecords } from '../../vendors/triggers.ts';
import { triggers } from '../../workflows/triggers.ts';

describe('the catalog', () => {
  const entries = catalog();
  const ofOperations = entries.filter((entry): entry is OperationEntry => entry.kind === 'operation');
  const ofTriggers = entries.filter((entry): entry is TriggerEntry => entry.kind === 'trigger');

  it('has both APIs whole', () => {
    const count = (vendor: string) => ofOperations.filter((entry) => entry.vendor === vendor).length;
    assert.deepEqual([count('ghl'), count('referral-rock'), ofTriggers.length], [124, 37, 48]);
    assert.equal(entries.length, 209);
  });

  it('has every trigger, once, and names the workflow of each that is handled', () => {
    assert.deepEqual(
      ofTriggers.map(({ id }) => id),
      [...triggerRecords.keys()].toSorted((one, other) => one.localeCompare(other)),
    );
    const handled = Object.values(triggers).flatMap(({ events }) => Object.values(events).flat());
    assert.deepEqual(
      ofTriggers.flatMap(({ event, workflow }) => (workflow === null ? [] : [event])).toSorted(),
      [...handled, 'manual'].toSorted((one, other) => (one < other ? -1 : 1)),
    );
  });

  it('has every operation, once', () => {
    const ids = ofOperations.map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...operations.keys()].toSorted((one, other) => one.localeCompare(other)),
    );
  });

  it('speaks JSON Schema', () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
    for (const { id, input, output } of ofOperations) {
      for (const schema of [input, output]) assert.ok(ajv.validateSchema(schema), `${id}: ${ajv.errorsText()}`);
      assert.equal(input.type, 'object', id);
    }
  });

  it("tells an input as GHL's document does", () => {
    const entry = ofOperations.find(({ id }) => id === ghl.note.create.id);
    assert.deepEqual(entry?.input.properties?.['color'], {
      type: 'string',
      pattern: '^#[0-9a-fA-F]{6}$',
      examples: ['#FFAA00'],
    });
    assert.equal(entry.documentation, 'https://marketplace.gohighlevel.com/docs/ghl/contacts/create-note');
    assert.deepEqual([entry.resource, entry.version, entry.scopes], ['note', '2021-07-28', ['contacts.write']]);
  });

  it('is asked by vendor, resource and effect', () => {
    const found = entries.filter((entry) => isAskedFor(entry, { vendor: 'ghl', resource: 'tag', effect: 'delete' }));
    assert.deepEqual(
      found.map(({ id }) => id),
      ['ghl.tag.delete'],
    );
    assert.equal(entries.filter((entry) => isAskedFor(entry, {})).length, entries.length);
    assert.equal(entries.filter((entry) => isAskedFor(entry, { kind: 'trigger', vendor: 'rockbridge' })).length, 3);
  });
});
