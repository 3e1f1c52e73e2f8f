import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mergePatch } from '../../../vendors/ghl/merge-patch.ts';
import { allSchemas } from '../../../vendors/ghl/operations.ts';
import * as overlays from '../../../vendors/ghl/overlay/index.ts';
import type { Overlay } from '../../../vendors/ghl/overlay/entry.ts';
import { operations } from '../../../vendors/operations.ts';

type Json = Record<string, unknown>;

interface Added {
  readonly place: readonly string[];
  readonly value: unknown;
}

/** What in `patch` meets nothing in `document`: it is added, or written wrongly. */
function addedBy(patch: Json, document: Json, above: readonly string[] = []): Added[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    const place = [...above, name];
    if (!(name in document)) return [{ place, value }];
    const below = document[name];
    return isObject(value) && isObject(below) ? addedBy(value, below, place) : [];
  });
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const entries = Object.entries<Overlay>(overlays).flatMap(([document, { resources }]) =>
  Object.values(resources).flatMap((verbs) => Object.values(verbs).map((entry) => ({ document, entry }))),
);

describe("the overlay over GoHighLevel's documents", () => {
  for (const [name, { patch }] of Object.entries<Overlay>(overlays)) {
    it(`mends what is in ${name}.json, and removes nothing that is not there`, () => {
      const text = readFileSync(new URL(`../../../vendors/ghl/documents/${name}.json`, import.meta.url), 'utf8');
      const document = JSON.parse(text) as Json;
      const words = JSON.stringify(patch);
      for (const { place, value } of addedBy(patch as Json, document)) {
        const [kind, , schema] = place;
        assert.notEqual(value, null, `${place.join(' ')} is not there to be removed`);
        assert.ok(kind === 'components' || place.length > 3, `there is no path ${place.join(' ')}`);
        if (kind === 'components' && place.length === 3)
          assert.ok(words.includes(`"#/components/schemas/${schema}"`), `${schema} is used nowhere`);
      }
    });
  }

  it('names parameters and fields that are there', () => {
    const schemas = new Map(allSchemas().map((each) => [each.operationId, each]));
    for (const { entry } of entries) {
      const { input, output } = schemas.get(entry.operation) ?? {};
      const { rename = {}, parameters = {}, oneOf = [], sure = [], paging } = entry.more;
      for (const name of [...Object.values(rename), ...Object.keys(parameters), ...oneOf])
        assert.ok(name in (input?.properties ?? {}), `${entry.operation} takes no ${name}`);
      for (const name of [...sure, ...(paging?.records === undefined ? [] : [paging.records])])
        assert.ok(name in (output?.properties ?? {}), `${entry.operation} answers no ${name}`);
    }
  });

  it('tells of each operation in other words than of any other', () => {
    const said = [...operations.values()].filter(({ vendor }) => vendor === 'ghl').map(({ title }) => title);
    assert.deepEqual(
      said.filter((title, index) => said.indexOf(title) !== index),
      [],
    );
  });

  it('marks as creating what a repeat would double', () => {
    const creating = [...operations.values()].filter(({ vendor, creates }) => vendor === 'ghl' && creates);
    assert.deepEqual(creating.map(({ id }) => id.replace('ghl.', '')).toSorted(), [
      'appointment-note.create',
      'appointment.create',
      'block-slot.create',
      'calendar-group.create',
      'calendar-notification.create',
      'calendar-resource.create',
      'calendar.create',
      'contact.add-to-campaign',
      'contact.add-to-workflow',
      'contact.create',
      'contact.upsert',
      'custom-field.create',
      'custom-field.upload',
      'custom-value.create',
      'location.create',
      'note.create',
      'oauth.get-token',
      'opportunity.create',
      'opportunity.upsert',
      'recurring-task.create',
      'schedule.create',
      'tag.create',
      'task.create',
      'user.create',
    ]);
    assert.ok(creating.every(({ method }) => method === 'POST'));
  });

  it('deletes only by operations of effect delete, whose records do not come back', () => {
    for (const { id, method, effect } of operations.values()) {
      if (!id.startsWith('ghl.')) continue;
      assert.equal(effect === 'delete', id.endsWith('.delete'), id);
      if (effect === 'delete') assert.equal(method, 'DELETE', id);
      if (effect === 'read') assert.ok(method === 'GET' || method === 'POST', id);
    }
  });
});

/** The examples of RFC 7396, appendix A. */
const merges: [target: unknown, patch: unknown, merged: unknown][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe('a merge patch', () => {
  for (const [target, patch, merged] of merges) {
    it(`${JSON.stringify(patch)} on ${JSON.stringify(target)} gives ${JSON.stringify(merged)}`, () => {
      const before = JSON.stringify(target);
      assert.deepEqual(mergePatch(target, patch), merged);
      assert.equal(JSON.stringify(target), before);
    });
  }
});
