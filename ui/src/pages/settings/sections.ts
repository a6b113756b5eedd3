export const SECTIONS = ['appearance', 'collection', 'users', 'tokens', 'audit', 'about'] as const
export type Section = (typeof SECTIONS)[number]
