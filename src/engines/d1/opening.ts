import type { Opening } from '../engine';
import { openLocalBinding } from './local-binding';

export const d1Opening: Opening = {
  forms: ['d1:BINDING'],
  read: (url) => /^d1:([A-Za-z_]\w*)$/.exec(url)?.[1],
  options: (binding) => ({ database: () => openLocalBinding(binding) }),
};
