import { useQueries } from '@tanstack/react-query'
import { type FleetFilter, type FleetHost, fleetQuery, PAGE_SIZE, stripsQuery } from '../../api/fleet'

/** A server in the hub's order with its strip; what the hub has not answered yet is missing. */
export interface FleetRow {
  readonly one: FleetHost | undefined
  readonly strip: string | undefined
}

/** The pages that hold the servers from one place in the hub's order to another. */
export function pagesOf(first: number, last: number): readonly number[] {
  const from = Math.floor(first / PAGE_SIZE)
  return Array.from({ length: Math.floor(last / PAGE_SIZE) - from + 1 }, (_, i) => from + i + 1)
}

/** The servers of a filter by their places: the pages in sight are asked for, again and again, and no others. */
export function useRows(filter: FleetFilter, first: number, last: number): (place: number) => FleetRow {
  const pages = pagesOf(first, last)
  const answers = useQueries({
    queries: pages.map(page => {
      // Another page's servers must not stand in for those that are not there yet.
      const { placeholderData: _, ...asked } = fleetQuery(page === 1 ? filter : { ...filter, page })
      return asked
    }),
  })
  const strips = useQueries({
    queries: answers.map(({ data }) => stripsQuery(data?.hosts.map(({ host }) => host.name) ?? [])),
  })
  return place => {
    const page = Math.floor(place / PAGE_SIZE) + 1 - (pages[0] ?? 1)
    const one = answers[page]?.data?.hosts[place % PAGE_SIZE]
    return { one, strip: one === undefined ? undefined : strips[page]?.data?.[one.host.name] }
  }
}
