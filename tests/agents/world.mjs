// A world for command-line agents: wye, a simulated provider that speaks every dialect, a home and
// a working directory of their own, and nothing else.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from '../sdk/wye.mjs';

const patience = 240_000;

// One provider a dialect. `plain-X` is X's own dialect; `spare-X` is the same where the provider is
// down, and then one of another dialect.
const policy = (directory, ports) => `version: 1
server: { listen: 127.0.0.1:${ports.api}, admin_listen: 127.0.0.1:${ports.admin} }
store: { path: ${directory}/wye.db }
providers:
  chat: { kind: openai_compatible, base_url: "http://127.0.0.1:${ports.sim}/v1" }
  responses: { kind: openai_compatible, dialect: responses, base_url: "http://127.0.0.1:${ports.sim}/v1" }
  messages: { kind: openai_compatible, dialect: anthropic, base_url: "http://127.0.0.1:${ports.sim}/v1" }
  gemini: { kind: openai_compatible, dialect: gemini, base_url: "http://127.0.0.1:${ports.sim}/v1beta" }
deployments:
  chat: { provider: chat, model: up }
  responses: { provider: responses, model: up }
  messages: { provider: messages, model: up }
  gemini: { provider: gemini, model: up }
  no-chat: { provider: chat, model: down }
  no-responses: { provider: responses, model: down }
  no-messages: { provider: messages, model: down }
  no-gemini: { provider: gemini, model: down }
routes:
  plain-claude: { strategy: priority, deployments: [messages] }
  spare-claude: { strategy: priority, deployments: [no-messages, chat] }
  plain-codex: { strategy: priority, deployments: [responses] }
  spare-codex: { strategy: priority, deployments: [no-responses, messages] }
  plain-gemini: { strategy: priority, deployments: [gemini] }
  spare-gemini: { strategy: priority, deployments: [no-gemini, messages] }
  plain-opencode: { strategy: priority, deployments: [chat] }
  spare-opencode: { strategy: priority, deployments: [no-chat, gemini] }
reliability: { retries: { max: 2, backoff: 20ms..50ms } }
`;

// Agents mention their tools in their prompts, so that the model calls only those that it is told.
const simulator = (port) => ({
  port,
  log_bodies: true,
  models: [
    { name: 'up', calls_when_told: true, context_tokens_max: 1_000_000 },
    { name: 'down', faults: ['status_503;retry_after_ms=-1'] },
  ],
});

async function reachable(url) {
  for (let tries = 0; tries < 400; ++tries) {
    if ((await fetch(url).catch(() => null))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url} does not answer`);
}

const ended = (child) => new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));

export async function startWorld() {
  const directory = mkdtempSync(join(tmpdir(), 'wye-agents-'));
  const ports = { api: await freePort(), admin: await freePort(), sim: await freePort() };
  const file = (name, text) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const serve = (...parts) => spawn(process.env.WYE_BINARY, parts, { stdio: 'ignore' });
  const sim = serve('sim', '--file', file('sim.json', JSON.stringify(simulator(ports.sim))));
  const wye = serve('serve', '-c', file('wye.yaml', policy(directory, ports)));
  const origin = `http://127.0.0.1:${ports.api}`;
  const provider = `http://127.0.0.1:${ports.sim}`;
  await reachable(`${provider}/sim/v1/log`);
  await reachable(`${origin}/readyz`);
  const secret = 'the word is xyzzy-42';
  const note = file('work/note.txt', `${secret}\n`);
  return {
    origin,
    secret,
    note,
    file,
    async fault(setting) {
      const answer = await fetch(`${provider}/sim/v1/faults`, { method: 'POST', body: JSON.stringify(setting) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    log: async () => (await (await fetch(`${provider}/sim/v1/log`)).json()).entries,
    forget: () => fetch(`${provider}/sim/v1/log`, { method: 'DELETE' }),
    // What the provider says to a request that it logged.
    async again({ path, body }) {
      const answer = await fetch(provider + path, { method: 'POST', body });
      return Buffer.from(await answer.arrayBuffer());
    },
    // Runs an agent to its end; `input` is what it reads.
    async run(command, parts, environment, input = '') {
      const bin = join(import.meta.dirname, 'node_modules', '.bin');
      const child = spawn(join(bin, command), parts, {
        cwd: join(directory, 'work'),
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { PATH: [bin, process.env.PATH].join(delimiter), HOME: join(directory, 'home'), TERM: 'dumb', ...environment },
      });
      const limit = setTimeout(() => child.kill('SIGKILL'), patience);
      child.stdin.end(input);
      let output = '';
      let errors = '';
      child.stdout.on('data', (bytes) => (output += bytes));
      child.stderr.on('data', (bytes) => (errors += bytes));
      const code = await ended(child);
      clearTimeout(limit);
      return { code, output, errors };
    },
    async stop() {
      for (const child of [wye, sim]) {
        child.kill('SIGTERM');
        await ended(child);
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
