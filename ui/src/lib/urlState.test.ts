import { describe, expect, it } from 'vitest'
import { ownPath, parseQuery, parseUrlState, queryText } from './urlState'

describe('URL state', () => {
  it('comes back from an address as it went in', () => {
    const state = {
      from: 'now-1h',
      to: 'now',
      tz: 'Asia/Shanghai',
      theme: 'dark',
      lang: 'zh',
      kiosk: '1',
      cmp: '1d',
      panel: 'cpu-modes',
      at: '1763906602000',
    } as const
    expect(parseUrlState(parseQuery(queryText(state)))).toEqual(state)
  })

  it('keeps epoch milliseconds as text', () => {
    expect(parseUrlState(parseQuery('?from=1763906602000&to=1763906702000'))).toEqual({
      from: '1763906602000',
      to: '1763906702000',
    })
  })

  it('drops what it cannot read', () => {
    expect(
      parseUrlState({
        from: 'soon',
        theme: 'pink',
        tz: 'Mars/Base',
        kiosk: 'yes',
        panel: '<b>',
        at: '12',
        lang: 7,
      }),
    ).toEqual({})
  })

  it('leads only to paths of this site', () => {
    expect(ownPath('/servers/h1/cpu?from=now-1h')).toBe('/servers/h1/cpu?from=now-1h')
    expect(ownPath('//example.org')).toBeUndefined()
    expect(ownPath('/\\example.org')).toBeUndefined()
    expect(ownPath('https://example.org')).toBeUndefined()
  })

  it('leaves empty values out', () => {
    expect(queryText({ from: undefined, to: '', lang: null })).toBe('')
  })

  it('writes zones so that people can read them', () => {
    expect(queryText({ tz: 'Asia/Shanghai' })).toBe('?tz=Asia/Shanghai')
  })
})
