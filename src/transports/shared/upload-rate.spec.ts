import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchRate } from './upload-rate.js';

let socket: Socket;
let request: IncomingMessage;
let slow: number;

beforeEach(() => {
  vi.useFakeTimers();
  socket = new Socket();
  Object.defineProperty(socket, 'bytesRead', { value: 0, writable: true });
  request = new IncomingMessage(socket);
  slow = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets that many seconds pass, with so many bytes in each. */
function receive(seconds: number, bytesPerSecond: number): void {
  for (let second = 0; second < seconds; second++) {
    (socket as { bytesRead: number }).bytesRead += bytesPerSecond;
    vi.advanceTimersByTime(1_000);
  }
}

describe('watchRate', () => {
  it('reports a body that drips after ten seconds, once', () => {
    watchRate(request, () => slow++);
    receive(9, 1);
    expect(slow).toBe(0);
    receive(60, 1);
    expect(slow).toBe(1);
  });

  it('lets a slow mobile network pass, with a pause of half a minute in it', () => {
    watchRate(request, () => slow++);
    receive(120, 2_500);
    receive(30, 0);
    receive(120, 2_500);
    expect(slow).toBe(0);
  });

  it('reports a body that begins fast and then drips within a minute', () => {
    watchRate(request, () => slow++);
    receive(5, 10_000_000);
    receive(50, 1);
    expect(slow).toBe(0);
    receive(20, 1);
    expect(slow).toBe(1);
  });

  it('does not report a body that the service does not read, and begins anew when it does', () => {
    watchRate(request, () => slow++);
    request.push(new Uint8Array(10));
    receive(100, 0);
    expect(slow).toBe(0);
    request.read();
    receive(9, 0);
    expect(slow).toBe(0);
    receive(10, 0);
    expect(slow).toBe(1);
  });

  it.each(['complete', 'no longer watched'])('does not report a body that is %s', (how) => {
    const end = watchRate(request, () => slow++);
    receive(3, 2_000);
    if (how === 'complete') request.complete = true;
    else end();
    receive(100, 0);
    expect(slow).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
