/** What is going on right now: one line at the foot of the terminal, replaced as it changes and wiped before anything else is shown. */
import type { World } from '../../world.js';

export interface Status {
  /** Whether there is a terminal to draw it on. */
  readonly drawn: boolean;
  /** Shows `text` in place of what is shown now, with the seconds that it has lasted and, where that is known, will last at most. Empty: it is over. */
  waiting(text: string, until: number | undefined): void;
  /** How many of several targets are done. */
  counted(done: number, total: number): void;
  wipe(): void;
}

interface Wait {
  readonly text: string;
  readonly start: number;
  readonly until: number | undefined;
}

/** Back to the first column and erase what stands there; `TERM=dumb` knows neither. */
const ERASE = '\r\u001b[K';
const SECOND = 1000;

const seconds = (milliseconds: number): string => `${Math.max(0, Math.round(milliseconds / SECOND))} s`;

/** `shield` takes secrets and control characters out of a text. */
export function statusLine(world: World, silent: boolean, shield: (text: string) => string): Status {
  // Not stderr itself: opening it costs, and most commands have nothing to say.
  const { terminal, clock, env } = world;
  const drawn = terminal.stderr && !silent && env.TERM !== 'dumb';
  const since = new Map<string, number>();
  let shown = false;
  let count = '';
  let wait: Wait | undefined;
  let calledOff = (): void => {};

  /** The seconds stay, whatever else has to be cut. */
  const line = (): string => {
    const before = count === '' || wait === undefined ? count : `${count} · `;
    if (wait === undefined) return fitted(before, terminal.columns - 1);
    const { text, start, until } = wait;
    const after = `, ${seconds(clock.now() - start)}${until === undefined ? '' : ` of ${seconds(until - start)}`}`;
    // A line that wraps could not be taken back; the last column makes some terminals wrap.
    return `${fitted(`${before}${text}`, terminal.columns - 1 - after.length)}${after}`;
  };
  const draw = (): void => {
    if (!drawn) return;
    const text = line();
    world.stderr.write(`${ERASE}${text}`);
    shown = text !== '';
  };
  /** The seconds run while nothing else happens: a request that hangs must not look like a program that does. */
  const run = (): void => {
    calledOff();
    const { signal, cancel } = clock.alarm(SECOND);
    calledOff = cancel;
    signal.addEventListener('abort', () => {
      if (wait?.until !== undefined && clock.now() > wait.until + SECOND) wait = undefined;
      draw();
      if (wait !== undefined) run();
    });
  };
  return {
    drawn,
    waiting(text, until) {
      if (text === '') {
        calledOff();
        wait = undefined;
        if (shown) draw();
        return;
      }
      const key = `${text} ${until}`;
      const start = since.get(key) ?? clock.now();
      since.set(key, start);
      wait = { text: shield(text), start, until };
      draw();
      if (drawn) run();
    },
    counted(done, total) {
      count = `${done} of ${total}`;
      wait = undefined;
      calledOff();
      draw();
    },
    wipe() {
      calledOff();
      if (shown) world.stderr.write(ERASE);
      shown = false;
    },
  };
}

function fitted(text: string, room: number): string {
  const characters = Array.from(text);
  return characters.length > room ? `${characters.slice(0, Math.max(0, room - 1)).join('')}…` : text;
}
