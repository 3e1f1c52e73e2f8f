import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { catalog, isAskedFor } from '../../vendors/catalog.ts';
import { ghl, operations } from '../../vendors/operations.ts';

describe('the catalog', () => {
  const entries = catalog();

  it('has every operation, once', () => {
    const ids = entries.filter(({ kind }) => kind === 'operation').map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...operations.keys()].toSorted((one, other) => one.localeCompare(other)),
    );
  });

  it('speaks JSON Schema', () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
    for (const { id, input, output } of entries) {
      for (const schema of [input, output]) assert.ok(ajv.validateSchema(schema), `${id}: ${ajv.errorsText()}`);
      assert.equal(input.type, 'object', id);
    }
  });

  it("tells an input as GHL's document does", () => {
    const entry = entries.find(({ id }) => id === ghl.note.create.id);
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
  });
});
