// Part of main.cjs: loads a chunk when it is asked for, and keeps what V8 has compiled of it for the next start. To compile is a
// third of what a short command costs.
const fs = require('node:fs');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/**
 * `packs`: the file of each chunk that has none of its own; `held`: the chunks that are there, by name; `identity`: of this build.
 * Returns the `require` of a chunk.
 */
module.exports = ({ packs, held, identity }) => {
  const kept = folderOf(identity);
  const scripts = new Map();
  let isKept = true;
  const loaded = {};
  const read = (name) => {
    const filename = `${__dirname}/chunks/${name}`;
    const cachedData = kept && keptOf(`${kept}/${name}`);
    // esbuild writes nothing that is not ASCII, which Node reads fastest as this.
    const script = new Script(fs.readFileSync(filename, 'latin1'), { filename, cachedData });
    scripts.set(name, script);
    if (cachedData === undefined || script.cachedDataRejected) isKept = false;
    return script.runInThisContext();
  };
  const load = (name) => {
    if (!name.startsWith('.')) return require(name);
    const chunk = name.slice(name.lastIndexOf('/') + 1);
    if (loaded[chunk] === undefined) {
      if (held[chunk] === undefined) Object.assign(held, read(packs[chunk] ?? chunk));
      loaded[chunk] = { exports: {} };
      held[chunk](load, loaded[chunk], loaded[chunk].exports);
    }
    return loaded[chunk].exports;
  };
  // At the end, when it is known which functions run: those are what is worth to be kept. What is new runs others than before of
  // the files that are not, so that all is kept anew: a list is not to pay for ever for having come after help.
  process.on('exit', () => {
    if (kept === undefined || isKept) return;
    try {
      makeFolder(kept);
      forgetOld(kept);
      for (const [name, script] of scripts) keep(`${kept}/${name}`, script);
    } catch {
      // The next start compiles again.
    }
  });
  return load;
};

/** In the user's own cache; a machine that has none goes without. */
function folderOf(identity) {
  const { HOME = '', XDG_CACHE_HOME = '' } = process.env;
  const caches = XDG_CACHE_HOME.startsWith('/') ? XDG_CACHE_HOME : HOME.startsWith('/') ? `${HOME}/.cache` : undefined;
  return caches && `${caches}/ipctl/compiled/${identity}-${process.version}-${process.arch}`;
}

/** The last three levels, and the cache itself: Node would try for ever to make a folder below one that takes none. */
function makeFolder(path) {
  const parts = path.split('/');
  for (let length = parts.length - 3; length <= parts.length; length += 1) {
    const level = parts.slice(0, length).join('/');
    if (!fs.existsSync(level)) fs.mkdirSync(level, { mode: 0o700 });
  }
}

/** What builds before this one have left. */
function forgetOld(kept) {
  const all = dirname(kept);
  for (const name of fs.readdirSync(all)) {
    const folder = `${all}/${name}`;
    const age = Date.now() - fs.statSync(folder).mtimeMs;
    if (folder !== kept && age > 7 * 24 * 60 * 60 * 1000) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What was kept of a file, unless it is torn, or somebody else could have written it: V8 would run whatever stands there. */
function keptOf(path) {
  let file;
  try {
    file = fs.openSync(path, 'r');
    const { uid, mode } = fs.fstatSync(file);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
    const bytes = fs.readFileSync(file);
    const data = bytes.subarray(0, -4);
    return bytes.readInt32LE(data.length) === digest(data) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

/** Whole before it has its name. It is not waited for the disk: a first start in a fresh container is a start like any other. */
function keep(path, script) {
  const made = `${path}.${process.pid}`;
  const data = script.createCachedData();
  const end = Buffer.alloc(4);
  end.writeInt32LE(digest(data));
  try {
    fs.writeFileSync(made, Buffer.concat([data, end]), { flag: 'wx', mode: 0o600 });
    fs.renameSync(made, path);
  } catch (error) {
    fs.rmSync(made, { force: true });
    throw error;
  }
}

/** A word in 31, so that each sector has four, and not at the same places as the one before it: V8 itself takes what a fall of the machine left torn, and ends the process. */
function digest(data) {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length >> 2);
  let sum = data.length;
  for (let index = 0; index < words.length; index += 31) sum = (Math.imul(sum, 31) + words[index]) | 0;
  return sum;
}
