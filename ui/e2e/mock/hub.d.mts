export const SETUP_TOKEN: string

export interface MockOptions {
  readonly now?: number
  readonly state?: 'setup' | 'login' | 'ready'
  readonly hosts?: number
  readonly gap?: readonly [from: number, to: number]
}

export interface MockHub {
  readonly listen: (port: number) => Promise<string>
  readonly close: () => void
  readonly streams: () => number
  readonly cut: () => void
}

export function createHub(options?: MockOptions): MockHub
