/** What is going on right now: one line at the foot of the terminal, replaced as it changes and wiped before anything else is shown. */
import type { World } from '../../world.js';

export interface Status {
  /** Whether there is a terminal to draw it on. */
  readonly drawn: boolean;
  /** Shows `text` in place of what is shown now. */
  waiting(text: string): void;
  /** How many of several targets are done. */
  counted(done: number, total: number): void;
  wipe(): void;
}

/** Back to the first column and erase what stands there; `TERM=dumb` knows neither. */
const ERASE = '\r\u001b[K';

/** `shield` takes secrets and control characters out of a text. */
export function statusLine(world: World, silent: boolean, shield: (text: string) => string): Status {
  // Not stderr itself: opening it costs, and most commands have nothing to say.
  const { terminal, clock, env } = world;
  const drawn = terminal.stderr && !silent && env.TERM !== 'dumb';
  const since = new Map<string, number>();
  let shown = false;
  let count = '';
  let wait = '';

  const draw = (): void => {
    if (!drawn) return;
    const text = Array.from([count, wait].filter((part) => part !== '').join(' · '));
    // A line that wraps could not be taken back; the last column makes some terminals wrap.
    const room = terminal.columns - 1;
    const fitted = text.length > room ? [...text.slice(0, room - 1), '…'] : text;
    world.stderr.write(`${ERASE}${fitted.join('')}`);
    shown = fitted.length > 0;
  };
  return {
    drawn,
    waiting(text) {
      const start = since.get(text) ?? clock.now();
      since.set(text, start);
      wait = `${shield(text)} (${Math.round((clock.now() - start) / 1000)} s)`;
      draw();
    },
    counted(done, total) {
      count = `${done} of ${total}`;
      wait = '';
      draw();
    },
    wipe() {
      if (shown) world.stderr.write(ERASE);
      shown = false;
    },
  };
}
