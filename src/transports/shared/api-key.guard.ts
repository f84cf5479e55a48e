import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeys } from '../keys/api-keys.js';
import { KeyUsage } from '../keys/key-usage.js';
import { limitHeaders } from '../keys/limit-headers.js';
import { hasCaptureConsent } from './capture-consent.js';
import { clientIdOf } from './client-id.js';
import { contextOf } from './request-context.js';

/** Admits requests with a valid key, as many as it may send; runs before a byte of the body is read. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeys,
    private readonly usage: KeyUsage,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = this.keys.find(request.headers.authorization);
    const requestContext = contextOf(request.raw);
    requestContext.key = key;
    if (requestContext.origin !== undefined) {
      requestContext.origin.keyName = key.name;
      requestContext.origin.clientId = clientIdOf(request.raw, key.name);
      requestContext.origin.mayCapture = hasCaptureConsent(request.raw, key);
    }
    try {
      this.usage.takeRequest(key);
    } finally {
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      void reply.headers(limitHeaders(this.usage.limitsOf(key)));
    }
    return true;
  }
}
