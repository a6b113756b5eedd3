import { describe, expect, it } from 'vitest'
import { DICTIONARIES, type MessageKey, preferredLang, translator } from '.'

const keys = Object.keys(DICTIONARIES.en) as MessageKey[]
const params = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(match => match[0]).sort()

describe('translations', () => {
  it('exist for every key in both languages', () => {
    expect(Object.keys(DICTIONARIES.zh).sort()).toEqual([...keys].sort())
    for (const key of keys) expect(DICTIONARIES.zh[key].trim(), key).not.toBe('')
  })

  it('use the same parameters', () => {
    for (const key of keys) expect(params(DICTIONARIES.zh[key]), key).toEqual(params(DICTIONARIES.en[key]))
  })

  it('are in Chinese punctuation', () => {
    for (const key of keys) expect(DICTIONARIES.zh[key], key).not.toMatch(/[\u4e00-\u9fff][,;?!]/)
  })

  it('fill in parameters', () => {
    expect(translator('en')('fresh.delayed', { age: '12 s' })).toBe('Delayed 12 s')
    expect(translator('zh')('fresh.delayed', { age: '12 秒' })).toBe('延迟 12 秒')
  })

  it('are chosen by the first locale that there is', () => {
    expect(preferredLang(['de-DE', 'zh-Hans-CN', 'en'])).toBe('zh')
    expect(preferredLang(['fr'])).toBe('en')
  })
})
