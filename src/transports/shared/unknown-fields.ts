import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { Warning } from '../../common/warnings/warning-codes.js';
import { nearestName } from '../../config/near-names.js';

/** Letters that may be wrong in a name. */
const slipLetters = 2;
/** Among shorter names nearly everything is near. */
const shortestName = 5;

/** The fields that a DTO knows. */
export function fieldNamesOf(dto: Type): readonly string[] {
  const fields = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(fields.map(({ propertyName }) => propertyName))];
}

/**
 * Unknown fields are ignored, as in the APIs; a name that is nearly that of a known field is reported as a slip.
 * @param given names as the client wrote them
 * @param taken names that are accepted without effect
 */
export function unknownFieldWarnings(
  given: readonly string[],
  dto: Type,
  taken: readonly string[] = [],
): readonly Warning[] {
  const known = fieldNamesOf(dto);
  return given.flatMap((name): Warning[] => {
    if (name.length < shortestName || known.includes(name) || taken.includes(name)) return [];
    const nearest = nearestName(name, known, slipLetters);
    if (nearest === undefined) return [];
    const message = `There is no field ${name}, so it was ignored. Did you mean ${nearest}?`;
    return [{ code: 'FIELD_UNKNOWN', message, param: name }];
  });
}
