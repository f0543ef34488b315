/**
 * Targets of one command, one after another where that matters: so many at once between the reading that guards a change and
 * the change, and never two for one object.
 */
import { parseAddress } from '../domain/address.js';
import type { AnyIp, Change } from '../domain/change.js';
import type { Looks } from './looks.js';

export interface Turn {
  /** When it is this target's turn: whether others came before it, so that what was read for it is old. */
  begins(): Promise<boolean>;
  /** Lets the next one begin. Nothing the second time, nor before it has begun. */
  ends(): void;
}

/** In the order in which they ask for it, `limit` at once. Each call is another target. */
export function turns(limit: number): () => Turn {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return () => {
    let own = false;
    return {
      async begins() {
        const waits = taken >= limit;
        if (waits) await new Promise<void>((resolve) => waiting.push(resolve));
        else taken += 1;
        own = true;
        return waits;
      },
      ends() {
        if (!own) return;
        own = false;
        const next = waiting.shift();
        if (next === undefined) taken -= 1;
        else next();
      },
    };
  };
}

/** Whoever looks whether its change shows has sent it: the next one may begin. */
export const afterTurn = ({ isGone }: Pick<Looks<never>, 'isGone'>, turn: Turn): Pick<Looks<never>, 'isGone'> => ({
  isGone(id, deadline) {
    turn.ends();
    return isGone(id, deadline);
  },
});

export interface Claim {
  /** Whether no other target of the command is this object. */
  first(ip: AnyIp): boolean;
  /** Whether what is not there any more is what another target of the command was. */
  was(ref: string): boolean;
}

/**
 * One object is one target, by whatever names it is given: the first that finds it acts, and the others come to what became
 * of it. In a dry run each tells of its own: what was told once would be sent once.
 */
export function claiming<T extends AnyIp>(dryRun: boolean): (work: (claim: Claim) => Promise<Change<T>>) => Promise<Change<T>> {
  const firsts = new Map<string, Promise<Change<T>>>();
  return (work) => {
    let other: Promise<Change<T>> | undefined;
    const own: Promise<Change<T>> = Promise.resolve().then(async () => {
      const result = await work({
        first(ip) {
          // Several private addresses may have the id of one port.
          const object = `${ip.id} ${ip.address}`;
          other = firsts.get(object);
          if (other !== undefined) return false;
          for (const name of [object, ip.id, ip.address, ip.name]) if (name !== null && !firsts.has(name)) firsts.set(name, own);
          return true;
        },
        was(ref) {
          other = firsts.get(parseAddress(ref)?.text ?? ref);
          return other !== undefined;
        },
      });
      return dryRun || other === undefined ? result : other;
    });
    return own;
  };
}
