import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import {
  DIRECTION_WORDS,
  FORM_WORDS,
  GLOSSARY,
  KEPT_TABLES,
  POLICY_WORDS,
} from '../../rules/rule-sets/field-map-words.ts';
import type { FieldMapping } from '../../rules/links/fields.ts';
import { type Action, type ActionStep, isWait, type Rules, type Test } from '../../rules/rule-set.ts';
import { FACT_WORDS, SETTING_WORDS, SYNC_WORDS } from '../../rules/rule-sets/rule-words.ts';
import { waitInWords } from '../../rules/actions/waits.ts';
import { operations } from '../../vendors/operations.ts';

const FIELD_HEADER = ['GoHighLevel', 'Referral Rock', 'direction', 'when both changed', 'normal form'];

/** docs/field-map.md, made from the built-in rules. */
export function fieldMapPage(): string {
  const { fields, sync, settings, values, actions } = defaultRules;
  const sections = [
    `# Field map and rules

What is kept in step between GoHighLevel and Referral Rock, which way, and who wins when both sides changed the same thing;
then what happens by itself, and how to change all of it. This page is made from the built-in rules by \`npm run field-map\`:
do not edit it.

Values are compared in a normal form, so a difference in form alone is no change, and nothing is written whose content is
already there. An emptied field empties nothing on the other side unless \`propagateEmpty\` says so. At the first match of a
contact that was there, only its empty fields are filled.`,
    `## Contact and referral\n\n${fieldTable(fields.referral)}`,
    `## Contact and member\n\n${fieldTable(fields.member)}`,
    ...KEPT_TABLES.map(({ title, about, rows }) =>
      [
        `## ${title}`,
        about,
        table(
          FIELD_HEADER,
          rows.map(({ ghl, rr, direction, winner, form }) => [ghl, rr, DIRECTION_WORDS[direction], winner, form]),
        ),
      ].join('\n\n'),
    ),
    `## What happens by itself

Each line is an action, and has the form that you write your own in. What may move money is proposed, and waits for a person.
Tags go only when no other live referral or member of the contact needs them.

${actionTable(actions)}`,
    valueMaps(values),
    switches(sync),
    settingsTable(settings),
    changing(),
    facts(),
    `## Words\n\n${table(['word', 'meaning'], Object.entries(GLOSSARY))}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function valueMaps(values: Rules['values']): string {
  return `## Value maps\n\n${Object.entries(values)
    .map(
      ([name, map]) =>
        `- \`${name}\`: ${Object.entries(map)
          .map(([from, to]) => `${from} → ${to}`)
          .join(', ')}`,
    )
    .join('\n')}`;
}

function switches(sync: Rules['sync']): string {
  return `## Switches

Each is \`live\`, \`observe\` or \`off\`.

${table(
  ['switch', 'default', 'what it does'],
  Object.entries(sync).map(([name, mode]) => [`\`${name}\``, mode, SYNC_WORDS[name as keyof typeof sync]]),
)}`;
}

function settingsTable(settings: Rules['settings']): string {
  return `## Settings

${table(
  ['setting', 'default', 'what it says'],
  Object.entries(settings).map(([name, value]) => [
    `\`${name}\``,
    String(value),
    SETTING_WORDS[name as keyof typeof settings],
  ]),
)}`;
}

function facts(): string {
  return `## Facts

What an action can wait for, and what its texts may use. All may use \`contact\`, \`connection\`, \`values\`, \`now\`, and \`referral\`: the one
that the fact is about, else the contact's one referral that is neither approved nor denied (of several a person is asked which).
A record has the fields that its vendor gives it, under the vendor's names.

${table(
  ['when', 'it happens that', 'its record', 'it tells'],
  Object.entries(FACT_WORDS).map(([kind, { happens, record, data }]) => [
    `\`${kind}\``,
    happens,
    `\`${record ?? 'contact'}\``,
    data.map((name) => `\`fact.${name}\``).join(', '),
  ]),
)}`;
}

function fieldTable(mappings: readonly FieldMapping[]): string {
  return table(
    FIELD_HEADER,
    mappings.map(({ field, rr, direction, policy }) => [
      `\`${field}\``,
      `\`${rr}\``,
      DIRECTION_WORDS[direction],
      POLICY_WORDS[policy],
      FORM_WORDS[field],
    ]),
  );
}

function actionTable(actions: readonly Action[]): string {
  return table(
    ['action', 'when', 'what was done', 'by default'],
    actions.map((action) => [
      `${action.title} (\`${action.id}\`)`,
      whenOf(action),
      action.do.map((entry) => (isWait(entry) ? `waits ${waitInWords(entry)}` : stepOf(entry))).join('; '),
      action.mode,
    ]),
  );
}

function whenOf({ when, if: conditions }: Action): string {
  const all = (conditions?.all ?? []).map(testOf);
  const any = (conditions?.any ?? []).map(testOf);
  return [FACT_WORDS[when].happens, ...all, ...(any.length > 0 ? [any.join(' or ')] : [])].join(', and ');
}

function testOf({ field, is, value, not }: Test): string {
  const words = { equals: 'is', contains: 'contains', greater: 'is above', less: 'is below', tag: 'has the tag' };
  const verb = is === 'exists' ? 'is given' : is === 'changed' ? 'has changed' : `${words[is]} \`${value ?? ''}\``;
  return `${not ? 'not: ' : ''}\`${field}\` ${verb}`;
}

function stepOf({ operation, sentence, money }: ActionStep): string {
  const isMoney = operations.get(operation)?.effect === 'money';
  const pays = isMoney ? (money === 'allow' ? '; it may pay' : '; it may pay, and waits for a person') : '';
  const words = sentence.replaceAll(/\{\{.*?\}\}/gsu, (template) => `\`${template}\``);
  return `${words} (\`${operation}\`${pays})`;
}

function changing(): string {
  return `## Changing the rules

    npx rockbridge rules export > rules.yaml            # everything that holds, explained
    npx rockbridge rules apply rules.yaml --dry-run     # what would change, for each connection
    npx rockbridge rules apply rules.yaml

A file may be partial: what it leaves out keeps its default. An action is changed by its id:

\`\`\`yaml
settings:
  notes: marked
fields:
  member:
    email: { policy: rr wins }
values:
  opportunityStage:
    demo held: qualified
actions:
  - id: onboarding-task
    mode: off
  - id: welcome-call
    title: Call a new member
    when: member.added
    do:
      - name: call
        operation: ghl.task.create
        input:
          contactId: '{{ contact.id }}'
          title: 'Welcome {{ contact.name }}'
          dueDate: '{{ now | due: 2, 10, connection.timeZone }}'
          completed: false
          assignedTo: "{{ 'Jane Doe' | user }}"
        sentence: created a task to welcome the member
\`\`\`

Users, stages, pipelines, calendars, custom fields and programs are told by name (\`{{ 'Jane Doe' | user }}\`) and looked up in each
connection when the action acts; one that a connection does not have holds that action alone. One connection can have a few rules
of its own: \`rules apply overrides.yaml --connection <id>\`.`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
