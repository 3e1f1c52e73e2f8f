import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/** Asks a person; anything but y or yes is no, also Ctrl-C, Ctrl-D and the end of the input. */
export async function isYes(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<boolean> {
  const lines = createInterface({ input, output });
  const closed = once(lines, 'close').then(() => '');
  try {
    return /^y(es)?$/i.test((await Promise.race([lines.question(question), closed])).trim());
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    output.write('\n');
    return false;
  } finally {
    lines.close();
  }
}
