/** The part that is used of npm's own agent, which has no types: proxies and certificates as npm uses them. */
declare module '@npmcli/agent' {
  import type { Agent } from 'node:http';

  export function getAgent(
    url: string,
    options: {
      readonly ca?: string | readonly string[];
      readonly proxy?: string;
      readonly noProxy?: string | readonly string[];
      readonly keepAlive: boolean;
      readonly rejectUnauthorized: boolean;
      readonly timeouts: { readonly connection: number };
    },
  ): Agent;
}
