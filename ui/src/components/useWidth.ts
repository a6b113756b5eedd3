import { type RefObject, useLayoutEffect, useState } from 'react'

/** The width of an element in whole pixels, 0 before it is laid out. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new ResizeObserver(entries =>
      setWidth(Math.floor(entries.at(-1)?.contentRect.width ?? 0)),
    )
    observer.observe(element)
    setWidth(Math.floor(element.getBoundingClientRect().width))
    return () => observer.disconnect()
  }, [ref])
  return width
}
