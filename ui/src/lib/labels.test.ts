import { describe, expect, it } from 'vitest'
import { bindInstance, labelKey, seriesName } from './labels'

describe('labels', () => {
  it('have one key whatever their order', () => {
    expect(labelKey({ a: '1', b: '2' })).toBe(labelKey({ b: '2', a: '1' }))
    expect(labelKey({ a: '1,b="2"' })).not.toBe(labelKey({ a: '1', b: '2' }))
  })

  it('cannot break out of a matcher', () => {
    expect(bindInstance('up{instance="$instance"}', 'a"} or vector(1) #\\')).toBe(
      'up{instance="a\\"} or vector(1) #\\\\"}',
    )
    expect(bindInstance('up{instance="$instance"}', '$&')).toBe('up{instance="$&"}')
  })

  it('name a series by its template, else by themselves', () => {
    expect(seriesName('{{device}} read', { device: 'sda' })).toBe('sda read')
    expect(seriesName('', { device: 'sda', job: 'node' })).toBe('device=sda job=node')
  })
})
