// What the terminal chat adds: from the first token on the wire to the terminal, and from the start of the process to the prompt.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { startShop } from './contenders.mjs';
import { startWithInput, stop } from './processes.mjs';
import { median } from './throughput.mjs';

const limit = 20_000;
const prompt = '❯';

/** @typedef {{ added: number, chat: number, bare: number, prompt: number, restPrompt: number, turns: number }} ChatResult all times in milliseconds */

/**
 * An OpenAI-compatible endpoint that thinks for 20 ms and then says one word that was not on the wire before.
 * @returns {Promise<{ url: string, said: () => { word: string, at: number }, close: () => void }>}
 */
async function startEndpoint() {
  let count = 0;
  let last = { word: '', at: 0 };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      setTimeout(() => {
        const word = `word${(count += 1)}x`;
        last = { word, at: performance.now() };
        response.write(chunk({ choices: [{ index: 0, delta: { content: word }, finish_reason: null }] }));
        setTimeout(() => {
          response.write(chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
          response.end('data: [DONE]\n\n');
        }, 20);
      }, 20);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/v1`, said: () => last, close: () => server.close() };
}

/** @param {object} part */
function chunk(part) {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'bench', ...part })}\n\n`;
}

/**
 * A program in a terminal of its own, whose screen is read as it is written.
 * @param {string} command @param {Record<string, string>} env
 */
function startInTerminal(command, env) {
  const child = startWithInput('script', ['-qfec', command, '/dev/null'], { env: { TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env } });
  const { stdin, stdout } = child;
  let screen = '';
  // What comes before was waited for already.
  let read = 0;
  /** @type {(() => void) | undefined} */
  let changed;
  stdout.setEncoding('utf8');
  stdout.on('data', text => {
    screen += text;
    changed?.();
  });
  /** @param {string} text @returns {Promise<number>} when it was there */
  const until = text =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`"${text}" did not come on the screen of ${command}:\n${JSON.stringify(screen.slice(read))}`)), limit);
      changed = () => {
        const found = screen.indexOf(text, read);
        if (found < 0) return;
        const at = performance.now();
        read = found + text.length;
        clearTimeout(late);
        changed = undefined;
        resolve(at);
      };
      changed();
    });
  return { child, until, type: (/** @type {string} */ text) => stdin.write(text) };
}

/** @param {string} chat command line @param {Record<string, string>} env @returns {Promise<number>} milliseconds */
async function timeToPrompt(chat, env) {
  const began = performance.now();
  const terminal = startInTerminal(chat, env);
  const at = await terminal.until(prompt);
  await stop(terminal.child);
  return at - began;
}

/**
 * @param {string} executable @param {string} folder @param {{ turns: number, starts: number }} plan
 * @returns {Promise<ChatResult>}
 */
export async function measureChat(executable, folder, { turns, starts }) {
  const shop = await startShop(executable, folder);
  const endpoint = await startEndpoint();
  const env = {
    PORT: String(shop.port),
    CARTWRIGHT_DATA: `${folder}/data`,
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: endpoint.url,
    XDG_STATE_HOME: folder,
  };
  const chat = `${executable} chat`;
  const [prompts, restPrompts, ours, theirs] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([]), /** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  await timeToPrompt(chat, env);
  for (let turn = 0; turn < starts; turn++) {
    prompts.push(await timeToPrompt(chat, env));
    restPrompts.push(await timeToPrompt(`${chat} --rest`, env));
  }

  const terminal = startInTerminal(chat, env);
  await terminal.until(prompt);
  const body = JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'hello' }] });
  for (let turn = 0; turn < turns + 5; turn++) {
    const next = `word${2 * turn + 1}x`;
    terminal.type('hello\r');
    const shown = (await terminal.until(next)) - endpoint.said().at;
    await terminal.until(prompt);
    // The same endpoint, the same kind of terminal, a client that only passes on what comes.
    const bare = startInTerminal(`curl -sN -H 'content-type: application/json' -d '${body}' ${endpoint.url}/chat/completions`, {});
    const passed = (await bare.until(`word${2 * turn + 2}x`)) - endpoint.said().at;
    await once(bare.child, 'exit');
    // The first turns are the ones in which code is compiled.
    if (turn >= 5) {
      ours.push(shown);
      theirs.push(passed);
    }
  }
  await stop(terminal.child);
  await shop.stop();
  endpoint.close();
  return { added: median(ours) - median(theirs), chat: median(ours), bare: median(theirs), prompt: median(prompts), restPrompt: median(restPrompts), turns };
}
