import type { Family } from './families';
import type { HostTypes } from './host-types';
import type { OwnRole } from './own-entities';

// By `keyof`, which names no member's type: an `extends` of the whole would ask for the host's classes
// while the compiler is still at billing's, which they extend.

/** The class that the host has named for a role; `Default` if it has named none. */
export type HostRow<Role extends Family | OwnRole, Default> = Role extends keyof HostTypes
  ? HostTypes[Role]
  : Default;

/** The type of the key of the host's row that a family belongs to; a string if the host says nothing. */
export type HostId<Role extends Family> = Role extends keyof HostTypes
  ? Member<HostTypes[Role], KeyName<Role>>
  : string;

type KeyName<Role extends Family> = `${Role}Key` extends keyof HostTypes
  ? HostTypes[`${Role}Key`]
  : 'id';

type Member<Row, Name> = Name extends keyof Row ? Row[Name] : string;
