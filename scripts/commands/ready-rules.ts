import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { readSettings, type Settings } from '../../config/settings.ts';
import type { Action } from '../../rules/rule-set.ts';
import { FACT_WORDS } from '../../rules/rule-sets/rule-words.ts';
import type { Tried } from '../../rules/actions/try-rules.ts';
import { CommandError, getFromApi, postToApi, putToApi } from '../support/api.ts';
import { chooseConnection } from '../support/choose-connection.ts';
import { readYaml } from '../support/rules-yaml.ts';

/** `rules add` and `rules try`. */
export function addReadyRules(rules: Command): void {
  rules
    .command('add')
    .description('add a ready automation to a rule set, live')
    .argument('<name>', 'as rules show --ready has it')
    .option('--set <name>', 'the rule set', 'default')
    .option('--observe', 'let it only say what it would do')
    .option('--dry-run', 'store nothing')
    .action(addReady);
  rules
    .command('try')
    .description('show what the actions of a file would do for a past event; nothing is stored or written')
    .argument('<file>', 'YAML or JSON, as rules apply takes it')
    .requiredOption('--event <id>', 'of the event, as npx rockbridge events shows it')
    .option('--connection <id>', 'may be left out if only one connection is not paused')
    .option('--json', 'as the API answers')
    .action(tryRules);
}

async function readyOnes(settings: Settings): Promise<readonly Action[]> {
  return (await getFromApi<{ actions: Action[] }>(settings, 'automations/ready')).actions;
}

/** Prints the ready automations as a rule file has them. */
export async function showReady(settings: Settings, json: boolean): Promise<void> {
  const actions = await readyOnes(settings);
  if (json) return console.log(JSON.stringify({ actions }, undefined, 2));
  console.log('# Automations to take as they are: npx rockbridge rules add <id>\nactions:');
  for (const action of actions) {
    const entry = stringify([action], { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false }).trimEnd();
    console.log(`  # When ${FACT_WORDS[action.when].happens}:\n${entry.replaceAll(/^/gmu, '  ')}`);
  }
}

interface AddOptions {
  set: string;
  observe?: boolean;
  dryRun?: boolean;
}

async function addReady(name: string, { set, observe = false, dryRun = false }: AddOptions): Promise<void> {
  const settings = readSettings(process.env);
  const all = await readyOnes(settings);
  const ready = all.find(({ id }) => id === name);
  if (!ready)
    throw new CommandError(`There is no ready automation ${name}: there are ${all.map(({ id }) => id).join(', ')}`);
  const path = `rule-sets/${encodeURIComponent(set)}`;
  const { rules, version } = await getFromApi<{ rules: { actions?: { id: string }[] }; version: number }>(
    settings,
    path,
  );
  const { actions = [] } = rules;
  if (actions.some(({ id }) => id === name))
    throw new CommandError(`The rule set ${set} has ${name} already: change it with rules export and rules apply`);
  const body = { ...rules, version, actions: [...actions, { ...ready, mode: observe ? 'observe' : 'live' }] };
  const answer = await putToApi<{ error?: string; version?: number }>(settings, path, body, { dryRun: String(dryRun) });
  if (answer.error !== undefined) throw new CommandError(answer.error);
  console.log(
    dryRun ? 'Nothing was stored (--dry-run).' : `Added ${name} to the rule set ${set}, version ${answer.version}.`,
  );
}

interface TryAnswer {
  facts: string[];
  tried: Tried[];
}

async function tryRules(
  file: string,
  { event, connection, json }: { event: string; connection?: string; json?: boolean },
): Promise<void> {
  const settings = readSettings(process.env);
  const { id } = await chooseConnection(settings, connection);
  const { problems, value } = readYaml(readFileSync(file, 'utf8'));
  const [problem] = problems;
  if (problem) throw new CommandError(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
  const path = `connections/${encodeURIComponent(id)}/rules/try`;
  const answer = await postToApi<TryAnswer>(settings, path, { eventId: event, rules: value ?? {} });
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  if (answer.facts.length === 0) console.log('The event told no fact: nothing had changed, so no action would fire.');
  else if (answer.tried.length === 0) console.log(`No action of the file waits for ${answer.facts.join(', ')}.`);
  for (const one of answer.tried) for (const line of linesOf(one)) console.log(line);
}

function linesOf({ action, fact, reason, steps }: Tried): string[] {
  return [
    `${action}, on ${fact}: ${reason ?? 'it would act'}`,
    ...steps.flatMap((step) =>
      'wait' in step
        ? [`  waits ${step.wait}`]
        : [
            `  ${step.operation}: ${step.sentence}`,
            ...stringify(step.input)
              .trimEnd()
              .split('\n')
              .map((line) => `      ${line}`),
          ],
    ),
  ];
}
