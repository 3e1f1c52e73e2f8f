import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSettings, type Settings } from '../../config/settings.ts';
import { CommandError, getFromApi, NoBridge, postToApi } from '../../scripts/support/api.ts';

describe('asking the bridge', () => {
  let server: Server;
  let settings: Settings;
  let reply: { status: number; body: string };
  before(async () => {
    server = createServer((_request, response) => response.writeHead(reply.status).end(reply.body));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const env = { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: '/nowhere', ROCKBRIDGE_ADMIN_TOKEN: 'admin-token' };
    settings = readSettings(env);
  });
  after(() => server.close());

  const asked: [string, () => Promise<unknown>][] = [
    ['GET', () => getFromApi(settings, 'calls/1')],
    ['POST', () => postToApi(settings, 'connections/default/calls', {})],
  ];
  for (const [method, ask] of asked) {
    for (const status of [200, 502, 504]) {
      it(`says that a web page (${status}) in answer to ${method} is not the bridge's`, async () => {
        reply = { status, body: '<html>Bad Gateway</html>' };
        await assert.rejects(ask(), (error) => {
          assert.ok(error instanceof CommandError && !(error instanceof NoBridge));
          assert.match(error.message, new RegExp(`${status}.*proxy`));
          assert.ok(!error.message.includes('<'));
          return true;
        });
      });
    }
  }

  it('passes the words of a refusal on', async () => {
    reply = { status: 404, body: '{"error":"There is no such call."}' };
    await assert.rejects(getFromApi(settings, 'calls/1'), /The bridge answered 404: There is no such call\./);
  });

  it('reads a call that a vendor refused, which is answered with 502', async () => {
    reply = { status: 502, body: '{"status":"failed"}' };
    assert.deepEqual(await postToApi(settings, 'connections/default/calls', {}), { status: 'failed' });
  });
});
