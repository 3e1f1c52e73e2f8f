import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { toJson } from '../../store/json.ts';
import { onBothDatabases } from '../support/databases.ts';

onBothDatabases('JSON for the store', (open) => {
  it('takes half of a character and a NUL, which PostgreSQL refuses, and keeps the rest of the text', async () => {
    const { database } = await open();
    const note = { note: 'cut \ud83d', other: 'a\0b', whole: 'Zoë 🎉', list: ['\udc00', null, 7] };
    const kept = await sql<{ value: unknown }>`select ${toJson(note)}::jsonb as value`.execute(database.db);
    assert.deepEqual(kept.rows[0]?.value, {
      note: 'cut \ufffd',
      other: 'ab',
      whole: 'Zoë 🎉',
      list: ['\ufffd', null, 7],
    });
  });

  it('keeps nothing as null', () => assert.equal(toJson(undefined), 'null'));
});
