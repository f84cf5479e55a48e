import { expect, it } from 'vitest';
import { ClientWindow } from './client-window.js';

it('counts so many utterances of a client until others have taken their places', () => {
  const window = new ClientWindow(3, 1);
  const admitted = ['a', 'a', 'b', 'a', 'c', 'd', 'a', 'd'].map((client) => window.admit(client));
  expect(admitted).toEqual([true, false, true, false, true, true, true, false]);
  expect(window.clientCount).toBe(3);
  const three = new ClientWindow(10, 3);
  expect(['a', 'a', 'a', 'a'].map((client) => three.admit(client))).toEqual([true, true, true, false]);
});
