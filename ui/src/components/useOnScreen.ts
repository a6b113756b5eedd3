import { type RefObject, useEffect, useRef, useState } from 'react'

/** Whether an element is on screen or nearly so; what is not neither asks for data nor draws. */
export function useOnScreen<E extends HTMLElement>(): [RefObject<E | null>, boolean] {
  const ref = useRef<E>(null)
  const [visible, setVisible] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new IntersectionObserver(
      entries => setVisible(entries.at(-1)?.isIntersecting ?? false),
      {
        rootMargin: '200px 0px',
      },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, visible]
}
