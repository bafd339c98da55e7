/** Keys and lines of a person at a terminal; Ctrl-C and Ctrl-D leave. */
import { createInterface, emitKeypressEvents } from 'node:readline';
import type { Asking } from './ask.js';

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}

function readKey(prompt: string): Promise<string | null> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve) => {
    stdin.once('keypress', (text: string | undefined, key: Key) => {
      stdin.setRawMode(false);
      stdin.pause();
      const isLeft = key.ctrl === true && (key.name === 'c' || key.name === 'd');
      stderr.write(`${isLeft ? '' : (text ?? '')}\n`);
      resolve(isLeft ? null : (text ?? '').toLowerCase());
    });
  });
}

function readLine(prompt: string): Promise<string | null> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    reader.once('close', () => resolve(null));
    reader.question(prompt, (text) => {
      resolve(text.trim());
      reader.close();
    });
  });
}

export function terminalAsking(say: (text: string) => void): Asking {
  return { key: readKey, line: readLine, say };
}

/** True where a person can answer: input and the prompts' stream are a terminal. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}
