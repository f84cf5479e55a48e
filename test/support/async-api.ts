import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { load } from 'js-yaml';

// Both are CommonJS, whose default export is the module for some loaders and a member of it for others.
const require = createRequire(import.meta.url);
const { Ajv } = require('ajv') as typeof import('ajv');
const { default: addFormats } = require('ajv-formats') as {
  default: (ajv: InstanceType<typeof Ajv>) => void;
};

interface Reference {
  readonly $ref: string;
}
export interface Message {
  readonly name: string;
  readonly contentType?: string;
  readonly payload: Reference;
  readonly examples?: readonly { readonly payload: { readonly type: string } }[];
}
interface Document {
  readonly channels: Readonly<
    Record<
      string,
      {
        readonly address: string;
        readonly messages: Readonly<Record<string, Reference>>;
        readonly bindings: { readonly ws: { readonly query: { readonly properties: object } } };
      }
    >
  >;
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly action: 'send' | 'receive';
        readonly channel: Reference;
        readonly messages: readonly Reference[];
      }
    >
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly schemas: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
  };
}

export const asyncApi = load(
  readFileSync(new URL('../../docs/api/asyncapi.yaml', import.meta.url), 'utf8'),
) as Document;

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'https://localhost/asyncapi', components: asyncApi.components });

/** The messages of a channel that the service sends or receives. */
export function messagesOf(channel: string, action: 'send' | 'receive'): readonly Message[] {
  const operations = Object.values(asyncApi.operations).filter(
    (operation) => operation.action === action && operation.channel.$ref === `#/channels/${channel}`,
  );
  return operations
    .flatMap(({ messages }) => messages)
    .map((reference) => resolve<Message>(resolve(reference)));
}

/** Errors of a JSON message by the document; empty for a valid one. */
export function faultsOf(
  channel: string,
  action: 'send' | 'receive',
  payload: { readonly type: string },
): string[] {
  const message = messagesOf(channel, action).find(({ name }) => name === payload.type);
  if (message === undefined) return [`the document has no ${payload.type}`];
  const validate = validatorOf(message.payload);
  const holds = validate(payload) as boolean;
  if (holds) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message: fault }) => `${payload.type}${instancePath} ${fault}`,
  );
}

const validators = new Map<string, ReturnType<typeof ajv.compile>>();

function validatorOf({ $ref }: Reference): ReturnType<typeof ajv.compile> {
  const known = validators.get($ref);
  if (known !== undefined) return known;
  const validate = ajv.compile({ $ref: `https://localhost/asyncapi${$ref}` });
  validators.set($ref, validate);
  return validate;
}

/** The target of a reference inside the document. */
export function resolve<T = Reference>({ $ref }: Reference): T {
  const path = $ref.slice(2).split('/');
  return path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], asyncApi) as T;
}
