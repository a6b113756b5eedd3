import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

export interface HttpCheck {
  readonly url: string
  readonly method: string
  readonly status: readonly number[]
  readonly bodyMatches: string
  readonly bodyLacks: string
  readonly followRedirects: boolean
  readonly authorities: string
}

export interface TcpCheck {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly send: string
  readonly expects: string
  readonly authorities: string
}

export interface IcmpCheck {
  readonly host: string
}

export interface DnsCheck {
  readonly name: string
  readonly type: string
  readonly server: string
  readonly answers: string
}

/** A probe as it is entered: exactly one of the four checks is there. */
export interface Probe {
  readonly name: string
  readonly intervalSeconds: number
  readonly timeoutMillis: number
  readonly family: 'any' | 'v4' | 'v6'
  readonly http: HttpCheck | null
  readonly tcp: TcpCheck | null
  readonly icmp: IcmpCheck | null
  readonly dns: DnsCheck | null
  /** Where it runs: `hub`, `server:NAME`, `group:NAME`, `tag:NAME`; null for the hub alone. */
  readonly from: readonly string[] | null
}

export const HUB_PLACE = 'hub'

export const KINDS = ['http', 'tcp', 'icmp', 'dns'] as const
export type ProbeKind = (typeof KINDS)[number]

export const kindOf = (probe: Probe): ProbeKind => KINDS.find(kind => probe[kind] !== null) ?? 'http'

export interface Attempt {
  readonly time: number
  readonly failure: { readonly kind: string; readonly detail: string; readonly message: string } | null
  readonly seconds: number
  readonly address: string | null
  readonly phases: readonly { readonly name: string; readonly seconds: number }[]
  readonly answer: {
    readonly status: number | null
    readonly tls: string | null
    readonly certificateEndsMillis: number | null
    readonly records: readonly string[]
  }
}

/** How a probe goes from one place. */
export interface SeenFrom {
  /** The server whose agent asks; empty for the hub. */
  readonly server: string
  /** null before the first attempt. */
  readonly last: Attempt | null
}

export interface KnownProbe {
  readonly id: string
  /** `shadowed`: the settings file has a probe of this name, which runs instead. */
  readonly origin: 'file' | 'settings' | 'shadowed'
  readonly probe: Probe
  readonly seen: readonly SeenFrom[]
}

export const probesQuery = queryOptions({
  queryKey: ['probes'],
  queryFn: async ({ signal }) =>
    (await call<{ probes: KnownProbe[] }>('GET', '/probes', undefined, signal)).probes,
  refetchInterval: 5_000,
})
export const addProbe = (probe: Probe): Promise<KnownProbe> => call('POST', '/probes', probe)
export const changeProbe = (id: string, probe: Probe): Promise<KnownProbe> =>
  call('PUT', `/probes/${encodeURIComponent(id)}`, probe)
export const removeProbe = (id: string): Promise<void> => call('DELETE', `/probes/${encodeURIComponent(id)}`)
export const tryProbe = (probe: Probe): Promise<Attempt> => call('POST', '/probes/attempt', probe)
