import { spawn } from 'node:child_process';

const tickMs = 10_000;

/** Prints one line of set-up progress to stderr, so that a command's own output stays clean. */
export function say(line) {
  console.error(`setup: ${line}`);
}

/**
 * Runs a command whose output nobody needs unless it fails: says what starts, every 10 s how long it has taken with the last line it printed, and how long it took.
 * Rejects with the last lines of its output.
 */
export function runWithProgress(label, command, args, options = {}) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  const lines = [];
  say(`${label} ...`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => {
      child.kill();
      process.exit(1);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const ticker = setInterval(() => say(`  ${seconds()}  ${lines.at(-1) ?? ''}`.trimEnd()), tickMs);
    const end = (error) => {
      clearInterval(ticker);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (error) return reject(error);
      say(`${label}: done in ${seconds()}`);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        lines.push(...String(chunk).split('\n').filter(Boolean));
        lines.splice(0, Math.max(0, lines.length - 40));
      });
    }
    child.on('error', (error) =>
      end(new Error(error.code === 'ENOENT' ? `There is no ${command} on PATH.` : `${label}: ${error.message}`)),
    );
    child.on('close', (code, signal) =>
      end(code === 0 ? undefined : new Error(`${label} failed (${signal ?? `exit ${code}`}):\n${lines.join('\n')}`)),
    );
  });
}
