import { describe, expect, it } from 'vitest'
import { csvText } from './csv'

describe('CSV', () => {
  it('quotes names, disarms formulas and leaves missing values empty', () => {
    const text = csvText(
      [0],
      [
        { name: 'a "b", c', values: [null] },
        { name: '=cmd', values: [0] },
      ],
      'UTC',
    )
    expect(text).toBe('time,epoch_ms,"a ""b"", c",\'=cmd\r\n1970-01-01 00:00:00,0,,0\r\n')
  })
})
