/** A line that asks for help and says nothing else: answered without the parser, and without what tells errors. */
import type { World } from '../../world.js';
import { helpAsked } from '../words.js';
import { helpFor } from './answer.js';

type Asked = Pick<World, 'argv' | 'env' | 'directories' | 'stdout'>;

/** False where something is wrong with the line or the help could not be written: run.ts tells what. */
export async function answerAlone({ argv, env, directories, stdout }: Asked): Promise<boolean> {
  try {
    const words = helpAsked(argv);
    // As data it is made with more than stands here.
    if (words === undefined || (env.IPCTL_OUTPUT ?? '') !== '') return false;
    const { text } = await helpFor(words, { profile: env.IPCTL_PROFILE, config: env.IPCTL_CONFIG || directories.config });
    await new Promise<void>((resolve, reject) => {
      stdout.write(text, (failure) => (failure == null ? resolve() : reject(failure)));
    });
    return true;
  } catch {
    return false;
  }
}
