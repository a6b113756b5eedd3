export const SECTIONS = [
  'appearance',
  'collection',
  'servers',
  'targets',
  'probes',
  'channels',
  'users',
  'tokens',
  'audit',
  'about',
] as const
export type Section = (typeof SECTIONS)[number]
