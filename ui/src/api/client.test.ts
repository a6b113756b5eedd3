import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, askIn, call, callText } from './client'

const asked: RequestInit[] = []

function answerWith(answer: () => Response): void {
  asked.length = 0
  vi.stubGlobal('fetch', async (_: string, request: RequestInit) => {
    asked.push(request)
    return answer()
  })
}

const header = (name: string): string | null => new Headers(asked.at(-1)?.headers).get(name)

afterEach(() => vi.unstubAllGlobals())

describe('the client', () => {
  it('asks for the language that is chosen on the page', async () => {
    answerWith(() => new Response('{}'))
    askIn('zh')
    await call('GET', '/about')
    expect(header('Accept-Language')).toBe('zh-CN')
    expect(header('Accept')).toBe('application/json')
    askIn('en')
    await callText('/profiles/1/collapsed')
    expect(header('Accept-Language')).toBe('en')
  })

  it('tells what the hub said, word for word', async () => {
    answerWith(
      () =>
        new Response('{"error":{"code":"conflict","message":"该事件已结束。","field":"state"}}', {
          status: 409,
        }),
    )
    const failure = await call('POST', '/incidents/1/acknowledge', { minutes: 5 }).catch(e => e)
    expect(failure).toBeInstanceOf(ApiError)
    expect(failure).toMatchObject({
      code: 'conflict',
      message: '该事件已结束。',
      field: 'state',
      status: 409,
    })
  })

  it('says in the language of the page that the hub does not answer', async () => {
    answerWith(() => {
      throw new TypeError('Failed to fetch')
    })
    askIn('zh')
    await expect(call('GET', '/about')).rejects.toMatchObject({
      code: 'unreachable',
      message: '中心没有响应',
    })
    askIn('en')
    await expect(call('GET', '/about')).rejects.toThrow('does not answer')
  })
})
