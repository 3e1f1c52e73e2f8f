import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import got from 'got';
import { loadEnvFile, readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { peopleScenes } from './demo/people.ts';
import { newCast } from './demo/scene.ts';
import { Stage } from './demo/stage.ts';
import { webhookScenes } from './demo/webhooks.ts';
import { bridgeUrl, CommandError } from './support/api.ts';
import { findReach, type Reach, startOwnInstance } from './support/instance.ts';
import { table } from './support/table.ts';

const scenes = [...peopleScenes, ...webhookScenes];

try {
  loadEnvFile();
  const settings = readSettings(process.env);
  const running = findReach(settings.DATA_DIR) ?? (await findContainers(settings));
  if (!running && (await answers(`${bridgeUrl(settings)}/readyz`))) {
    throw new CommandError(
      `What runs at ${bridgeUrl(settings)} has no sandbox: the demo writes, so it does not touch real accounts`,
    );
  }
  const failures = running ? await play(running) : await playOnOwn();
  process.exit(failures === 0 ? 0 : 1);
} catch (error) {
  console.error(error instanceof SettingsError || error instanceof CommandError ? error.message : error);
  process.exit(1);
}

/** Plays all scenes, prints the table, and answers how many did not go as expected. */
async function play(reach: Reach): Promise<number> {
  const stage = await Stage.open(reach);
  const cast = newCast();
  const rows: string[][] = [];
  const failures: string[] = [];
  await stage.settled();
  for (const scene of scenes) {
    const { trigger, does } = scene;
    process.stderr.write(`${does} ...\n`);
    try {
      const outcome = await scene.play(stage, cast);
      const { ghl, referralRock, ms } = outcome;
      rows.push(['✓', trigger, outcome.does ?? does, ghl, referralRock, ms === 0 ? '' : `${ms} ms`]);
    } catch (error) {
      failures.push(`${trigger}: ${(error as Error).message}`);
      rows.push(['✗', trigger, does, '', '', '']);
    }
  }
  console.log(`\n${table(['', 'trigger', 'what was done', 'in GoHighLevel', 'in Referral Rock', 'time'], rows)}\n`);
  for (const failure of failures) console.error(`✗ ${failure}\n`);
  console.log(
    failures.length === 0
      ? `All ${scenes.length} as expected.`
      : `${failures.length} of ${scenes.length} not as expected.`,
  );
  return failures.length;
}

/** The sandbox of docker-compose.yml, at its published ports. */
async function findContainers(settings: Settings): Promise<Reach | undefined> {
  const reach = { bridge: bridgeUrl(settings), ghl: 'http://127.0.0.1:4010', referralRock: 'http://127.0.0.1:4011' };
  const adminToken = settings.ROCKBRIDGE_ADMIN_TOKEN;
  if (!adminToken || !(await answers(`${reach.bridge}/readyz`)) || !(await answers(`${reach.ghl}/__sandbox/info`)))
    return undefined;
  return { ...reach, adminToken };
}

/** On an instance of its own, in a folder that is gone afterwards. */
async function playOnOwn(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rockbridge-demo-'));
  process.stderr.write('Nothing runs here yet: starting a Rockbridge for the demo ...\n');
  try {
    const instance = await startOwnInstance(folder);
    try {
      return await play(instance);
    } finally {
      await instance.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await got(url, { retry: { limit: 0 }, timeout: { request: 2_000 }, throwHttpErrors: false });
    return true;
  } catch {
    return false;
  }
}
