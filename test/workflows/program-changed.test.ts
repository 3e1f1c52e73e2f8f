import assert from 'node:assert/strict';
import { RunningRockbridge } from '../support/rockbridge.ts';

describe('a program changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  const programs = async (): Promise<string[]> => {
    const rows = await rockbridge.database.db.selectFrom('programs').select('name').orderBy('name').execute();
    return rows.map(({ name }) => name);
  };

  it('is known to the connection when it is added, and forgotten when it is deleted', async () => {
    const before = await programs();
    const { id } = await rockbridge.control('POST', 'programs', { name: 'Friends of Friends' });
    await rockbridge.settled();
    assert.deepEqual(await programs(), [...before, 'Friends of Friends'].toSorted());
    await rockbridge.control('DELETE', `programs/${String(id)}`);
    await rockbridge.settled();
    assert.deepEqual(await programs(), before);
  });
});

describe('the app was taken off the location', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  it('marks the connection, and installing it again mends it', async () => {
    const { locationId } = rockbridge.sandbox.info.ghl;
    const reason = async (): Promise<unknown> => (await rockbridge.api('connections'))['connections'][0].brokenReason;
    await rockbridge.control('POST', 'ghl-install', { locationId });
    await rockbridge.settled();
    assert.equal(await reason(), null);
    await rockbridge.control('POST', 'ghl-uninstall', { locationId });
    await rockbridge.settled();
    assert.match(String(await reason()), /taken off/u);
    await rockbridge.control('POST', 'ghl-install', { locationId });
    await rockbridge.settled();
    assert.equal(await reason(), null);
  });
});
