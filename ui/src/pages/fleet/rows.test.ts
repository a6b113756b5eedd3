import { expect, test } from 'vitest'
import { pagesOf } from './rows'

test('the pages in sight are those that hold the first and the last row and what lies between', () => {
  expect(pagesOf(0, 0)).toEqual([1])
  expect(pagesOf(0, 59)).toEqual([1])
  expect(pagesOf(59, 60)).toEqual([1, 2])
  expect(pagesOf(940, 999)).toEqual([16, 17])
})
