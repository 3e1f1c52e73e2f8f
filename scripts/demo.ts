import { Command } from 'commander';
import got from 'got';
import { loadEnvFile, readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { LIVE_HEADER, type Played, playLive, type Run } from './demo/live.ts';
import { OBSERVED_HEADER, playObserved } from './demo/observed.ts';
import { onOwnInstance } from './demo/own-instance.ts';
import { newCast } from './demo/scene.ts';
import { scenes } from './demo/scenes/index.ts';
import { Stage } from './demo/stage.ts';
import { bridgeUrl, CommandError } from './support/api.ts';
import { findReach, type Reach } from './support/instance.ts';
import { table } from './support/table.ts';

const program = new Command('npm run demo --')
  .description('play every trigger against the sandbox of both vendors and show what follows on each side')
  .option('--live-only', 'leave out the second run, which only observes')
  .addHelpText(
    'after',
    `
The first run is live: on the Rockbridge that runs here with its sandbox, else on one of its own. The second run is on one of
its own in mode observe: nothing may be written there, and its decisions must name all that the first run wrote.

Exit codes: 0 all as expected; 1 not so, or no sandbox to play in (real accounts are never touched); 130 ended by Ctrl-C.`,
  )
  .parse();

const { liveOnly } = program.opts<{ liveOnly?: boolean }>();
try {
  loadEnvFile();
  process.exitCode = (await demo(readSettings(process.env))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof SettingsError || error instanceof CommandError ? error.message : error);
  process.exitCode = 1;
}

/** Plays both runs and prints their tables; true if all went as expected. */
async function demo(settings: Settings): Promise<boolean> {
  const running = findReach(settings.DATA_DIR) ?? (await findContainers(settings));
  if (!running && (await answers(`${bridgeUrl(settings)}/readyz`))) {
    throw new CommandError(
      `What runs at ${bridgeUrl(settings)} has no sandbox: the demo writes, so it does not touch real accounts`,
    );
  }
  const cast = newCast();
  const live = running ? await playOn(running) : await onOwnInstance('live', playOn);
  const isLiveWell = told('Live', LIVE_HEADER, live);
  if (liveOnly) return isLiveWell;
  const observed = await onOwnInstance('observe', async (reach) =>
    playObserved(await Stage.open(reach), live.played, cast.tag),
  );
  return told('Only observing: nothing was written to either vendor', OBSERVED_HEADER, observed) && isLiveWell;

  async function playOn(reach: Reach): Promise<Run & { played: Played[] }> {
    const stage = await Stage.open(reach);
    await stage.settled();
    return playLive(stage, cast, scenes);
  }
}

/** Prints a run; true if all went as expected. */
function told(title: string, header: readonly string[], { rows, failures }: Run): boolean {
  console.log(`\n${title}\n\n${table(header, rows)}\n`);
  for (const failure of failures) console.error(`✗ ${failure}\n`);
  const outcome = failures.length === 0 ? `All ${rows.length}` : `${failures.length} of ${rows.length} not`;
  console.log(`${outcome} as expected.`);
  return failures.length === 0;
}

/** The sandbox of docker-compose.yml, at its published ports. */
async function findContainers(settings: Settings): Promise<Reach | undefined> {
  const reach = { bridge: bridgeUrl(settings), ghl: 'http://127.0.0.1:4010', referralRock: 'http://127.0.0.1:4011' };
  const adminToken = settings.ROCKBRIDGE_ADMIN_TOKEN;
  if (!adminToken || !(await answers(`${reach.bridge}/readyz`)) || !(await answers(`${reach.ghl}/__sandbox/info`)))
    return undefined;
  return { ...reach, adminToken };
}

async function answers(url: string): Promise<boolean> {
  try {
    await got(url, { retry: { limit: 0 }, timeout: { request: 2_000 }, throwHttpErrors: false });
    return true;
  } catch {
    return false;
  }
}
