import { Command } from 'commander';
import type { Seed } from './control.ts';
import { startSandbox } from './sandbox.ts';

type Flags = { ghlPort: string; rrPort: string; host: string; dataDir?: string; ghlWebhookUrl?: string; seed: Seed };

const program = new Command('sandbox')
  .description(
    'GoHighLevel and Referral Rock simulated over HTTP, each on its own port. Prints one JSON line {ghlUrl, referralRockUrl} when ready.',
  )
  .option('--ghl-port <port>', 'port for GoHighLevel; 0 takes a free one', '0')
  .option('--rr-port <port>', 'port for Referral Rock; 0 takes a free one', '0')
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('--data-dir <folder>', 'folder that keeps the state across restarts (default: memory only)')
  .option('--ghl-webhook-url <url>', "where GoHighLevel's webhooks are sent")
  .option('--seed <name>', 'what a new sandbox holds: lifelike or empty', 'lifelike')
  .addHelpText(
    'after',
    `
Examples:
  node sandbox/main.ts
  node sandbox/main.ts --ghl-port 4010 --rr-port 4020 --data-dir .data/sandbox
  node sandbox/main.ts --seed empty --ghl-webhook-url http://127.0.0.1:8080/webhooks/ghl

Credentials and ids: GET <either address>/__sandbox/info`,
  )
  .parse();

const flags = program.opts<Flags>();
if (flags.seed !== 'lifelike' && flags.seed !== 'empty')
  program.error(`--seed wants lifelike or empty, not ${String(flags.seed)}`);

const sandbox = await startSandbox({
  ghlPort: portOf('--ghl-port', flags.ghlPort),
  referralRockPort: portOf('--rr-port', flags.rrPort),
  host: flags.host,
  seed: flags.seed,
  ...(flags.dataDir !== undefined && { dataDir: flags.dataDir }),
  ...(flags.ghlWebhookUrl !== undefined && { ghlWebhookUrl: flags.ghlWebhookUrl }),
}).catch((error: Error) => program.error(`The sandbox could not start: ${error.message}`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
process.stdout.write(`${JSON.stringify({ ghlUrl: sandbox.ghlUrl, referralRockUrl: sandbox.referralRockUrl })}\n`);

function portOf(flag: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    program.error(`${flag} wants a port number from 0 to 65535, not ${text}`);
  return port;
}
