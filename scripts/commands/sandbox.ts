import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));

export function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('run only the sandbox: GoHighLevel and Referral Rock simulated over HTTP')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]', 'see: npx rockbridge sandbox --help')
    .action((_options: string[], _flags: object, command: Command) => runSandbox(command.args));
}

/** In a process of its own, so that its options and its help are its own. */
async function runSandbox(args: string[]): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => process.stdin.isTTY || child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
