// Starts a real wye with simulated providers for one test file, and stops it again.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const key = 'wyk-sdk-test-key-0123456789';

const head = (directory, ports) => `version: 1
server: { listen: 127.0.0.1:${ports.api}, admin_listen: 127.0.0.1:${ports.admin} }
store: { path: ${directory}/wye.db }
keys: { sdk: { secret: "\${env:WYE_SDK_KEY}", team: tests } }
`;

// Two deployments of the simulated provider that wye brings with it.
const simulated = (ports) => `providers:
  acme: { kind: simulator, base_url: "http://127.0.0.1:${ports.sim}/v1" }
  backup: { kind: simulator, base_url: "http://127.0.0.1:${ports.sim}/v1" }
deployments:
  fast: { provider: acme, model: sim-fast }
  smart: { provider: backup, model: sim-smart }
routes:
  main: { strategy: priority, deployments: [fast, smart] }
  only-fast: { strategy: priority, deployments: [fast] }
tasks:
  chat: { route: main }
  alone: { route: only-fast }
reliability: { retries: { max: 1, backoff: 20ms..50ms } }
`;

// `policy`: providers, deployments and what is made of them, instead of the simulated ones.
export async function startWye({ policy, environment } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'wye-sdk-'));
  const ports = { api: await freePort(), admin: await freePort(), sim: await freePort() };
  const config = join(directory, 'wye.yaml');
  writeFileSync(config, head(directory, ports) + (policy ?? simulated(ports)));
  const child = spawn(process.env.WYE_BINARY, ['serve', '-c', config], {
    env: { ...process.env, ...environment, WYE_SDK_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const origin = `http://127.0.0.1:${ports.api}`;
  for (let tries = 0; ; ++tries) {
    const ready = await fetch(`${origin}/readyz`).catch(() => null);
    if (ready?.ok) break;
    if (child.exitCode !== null || tries > 200) throw new Error(`wye did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const sim = `http://127.0.0.1:${ports.sim}`;
  return {
    origin,
    baseURL: `${origin}/v1`,
    store: `${directory}/wye.db`,
    // Makes the simulated provider fail: { model, fault, count }.
    async fault(setting) {
      const answer = await fetch(`${sim}/sim/v1/faults`, { method: 'POST', body: JSON.stringify(setting) });
      if (!answer.ok) throw new Error(`simulator: ${answer.status} ${await answer.text()}`);
    },
    async log() {
      const answer = await fetch(`${sim}/sim/v1/log`);
      return (await answer.json()).entries;
    },
    async stop() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(directory, { recursive: true });
    },
  };
}
