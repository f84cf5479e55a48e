// For tests in TypeScript; see process-tree.mjs.
export function processTree(pid: number): number[];
export function cpuSecondsOf(pid: number): number;
export function cpuSecondsByProcess(pid: number): Map<number, number>;
export function peakBytesOf(pid: number): number;
export function residentBytesOf(pid: number): number;
export function proportionalBytesOf(pid: number): number;
export function anonymousBytesOf(pid: number): number;
export function openSocketsOf(pid: number): number;
export function sum(values: readonly number[]): number;
