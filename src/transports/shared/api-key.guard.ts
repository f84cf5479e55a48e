import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiKeys } from '../keys/api-keys.js';
import { contextOf } from './request-context.js';

/** Admits requests with a valid key; runs before a byte of the body is read. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly keys: ApiKeys) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = this.keys.find(request.headers.authorization);
    const requestContext = contextOf(request.raw);
    requestContext.key = key;
    if (requestContext.origin !== undefined) requestContext.origin.keyName = key.name;
    return true;
  }
}
