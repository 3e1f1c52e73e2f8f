import { type DevServer, rockbridgeSearchAttributes, startDevServer } from '../../workers/dev-server.ts';
import getPort from 'get-port';
import { afterAllTests } from './hooks.ts';

let server: Promise<DevServer> | undefined;

/** A Temporal dev server in memory, one for the whole mocha run, with Rockbridge's search attributes; TEMPORAL_ADDRESS names another. Task queues and workflow ids must be the test's own. */
export async function temporalForTests(): Promise<{ address: string; namespace: string }> {
  const given = process.env['TEMPORAL_ADDRESS'];
  if (given) return { address: given, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' };
  server ??= start();
  return { address: (await server).address, namespace: 'default' };
}

async function start(): Promise<DevServer> {
  const started = await startDevServer({
    port: await getPort({ host: '127.0.0.1' }),
    headless: true,
    searchAttributes: rockbridgeSearchAttributes,
    log: console,
  });
  afterAllTests(() => started.close());
  return started;
}
