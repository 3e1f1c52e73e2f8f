import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { ensureConnection } from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
import { createCredentials, saveToken } from '../../store/tokens.ts';
import { onBothDatabases } from '../support/databases.ts';

const KEY = randomBytes(32);
const GHL = { vendor: 'ghl', id: 'loc' } as const;
const RR = { vendor: 'referral-rock', id: 'main' } as const;

onBothDatabases('tokens', (open) => {
  let database: Database;

  before(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await sql`truncate connections cascade`.execute(database.db);
    await ensureConnection(database, KEY, {
      id: 'main',
      name: 'Main',
      ghlLocationId: 'loc',
      mode: 'live',
      ghlToken: 'pit-1',
      referralRockKeys: 'public:private',
    });
  });

  it('become the Authorization header of each vendor', async () => {
    const credentials = createCredentials(database, KEY);
    assert.equal(await credentials.authorization(GHL), 'Bearer pit-1');
    assert.equal(await credentials.authorization(RR), `Basic ${Buffer.from('public:private').toString('base64')}`);
  });

  it('are not readable in the store', async () => {
    const rows = await database.db.selectFrom('tokens').select('secret').execute();
    assert.equal(rows.length, 2);
    for (const { secret } of rows) assert.doesNotMatch(Buffer.from(secret).toString('latin1'), /pit-1|private/);
  });

  it('cannot be moved to another row', async () => {
    const secret = sql<Uint8Array>`(select secret from tokens where vendor = 'referral-rock')`;
    await database.db.updateTable('tokens').set({ secret }).where('vendor', '=', 'ghl').execute();
    await assert.rejects(createCredentials(database, KEY).authorization(GHL));
  });

  it('say what to do under another ROCKBRIDGE_SECRET, and can be stored anew under it', async () => {
    const other = randomBytes(32);
    await assert.rejects(createCredentials(database, other).authorization(GHL), /another ROCKBRIDGE_SECRET/);
    await saveToken(database, other, { connectionId: 'main', vendor: 'ghl', kind: 'private', secret: 'pit-1' });
    assert.equal(await createCredentials(database, other).authorization(GHL), 'Bearer pit-1');
  });

  it('say which account has none', async () => {
    await assert.rejects(
      createCredentials(database, KEY).authorization({ vendor: 'ghl', id: 'nowhere' }),
      /nowhere: connect it first/,
    );
  });

  it('are fresh after a refusal only if somebody replaced them', async () => {
    const credentials = createCredentials(database, KEY);
    await credentials.authorization(GHL);
    assert.equal(await credentials.refresh(GHL), false);
    await saveToken(database, KEY, { connectionId: 'main', vendor: 'ghl', kind: 'private', secret: 'pit-2' });
    assert.equal(await credentials.authorization(GHL), 'Bearer pit-1', 'kept in memory');
    assert.equal(await credentials.refresh(GHL), true);
    assert.equal(await credentials.authorization(GHL), 'Bearer pit-2');
  });
});
