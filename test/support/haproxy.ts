import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from './transcribe.js';

export const haproxyIsThere = spawnSync('haproxy', ['-v']).status === 0;

export interface ProxyOptions {
  readonly port: number;
  /** Of the runtime interface. */
  readonly socketPath: string;
  /** Servers that there may be at once. */
  readonly slots: number;
}

/**
 * What k8s/components asks of an Ingress, in HAProxy's words: checks of readiness, an hour of silence, nothing
 * collected, and another server only for a connection that could not be made: a request that was sent is not sent
 * again, because nobody knows whether it was served.
 */
export function proxyConfiguration({ port, socketPath, slots }: ProxyOptions): string {
  const servers = Array.from({ length: slots }, (_, at) => `  server pod${at} 127.0.0.1:1 disabled`);
  return `global
  stats socket ${socketPath} mode 600 level admin
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 3600s
  timeout server 3600s
  timeout tunnel 3600s
  timeout check 5s
  retries 3
  retry-on conn-failure
  option redispatch 1
  no option http-buffer-request
frontend public
  bind 127.0.0.1:${port}
  default_backend pods
backend pods
  balance leastconn
  option httpchk GET /health/ready
  http-check expect status 200
  http-response set-header x-served-by %s
  default-server check inter 500ms fastinter 100ms fall 2 rise 1
${servers.join('\n')}
`;
}

/** HAProxy as it is on the path, before services that come and go. */
export class HAProxy {
  private readonly free: string[];

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly socketPath: string,
    private readonly child: ChildProcess,
    slots: number,
  ) {
    this.free = Array.from({ length: slots }, (_, at) => `pod${at}`);
  }

  static async start(slots: number): Promise<HAProxy> {
    const folder = await mkdtemp(join(tmpdir(), 'haproxy-'));
    const [port, socketPath] = [await freePort(), join(folder, 'admin.sock')];
    const file = join(folder, 'haproxy.cfg');
    await writeFile(file, proxyConfiguration({ port, socketPath, slots }));
    const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const proxy = new HAProxy(`http://127.0.0.1:${port}`, folder, socketPath, child, slots);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`HAProxy ended: ${said}`);
      return proxy.command('show info').then(
        (answer) => answer.includes('Pid:'),
        () => false,
      );
    });
    return proxy;
  }

  /** Sends requests to a service from now on. @returns its name in `x-served-by`, once it is up */
  async add(url: string): Promise<string> {
    const name = this.free.shift();
    if (name === undefined) throw new Error('every slot has a server');
    const { hostname, port } = new URL(url);
    await this.command(`set server pods/${name} addr ${hostname} port ${port}`);
    await this.command(`set server pods/${name} state ready`);
    await until(async () => (await this.statusOf(name)) === 'UP/L7OK', 60);
    return name;
  }

  /** Does what the removal of a pod from its Service's endpoints does: nothing new comes, open connections stay. */
  async drain(name: string): Promise<void> {
    await this.command(`set server pods/${name} state drain`);
  }

  /** Its slot can be taken by another. */
  async remove(name: string): Promise<void> {
    await this.command(`set server pods/${name} state maint`);
    this.free.push(name);
  }

  /** As HAProxy sees it: its state, and the result of its last check. */
  async statusOf(name: string): Promise<string> {
    const [head = '', ...lines] = (await this.command('show stat pods 4 -1')).split('\n');
    const columns = head.replace(/^# /, '').split(',');
    const cells = lines.map((line) => line.split(',')).find((row) => row[1] === name) ?? [];
    const of = (column: string): string => cells[columns.indexOf(column)] ?? '';
    return `${of('status')}/${of('check_status').replace('* ', '')}`;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    if (this.child.exitCode === null && this.child.kill('SIGKILL')) await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async command(line: string): Promise<string> {
    const socket = connect(this.socketPath);
    socket.end(`${line}\n`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer.trim();
  }
}
