import { Button, TextInput } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useApp } from '../../components/app'
import { useWidth } from '../../components/useWidth'
import {
  type Box,
  changeOf,
  type FlameNode,
  type FrameKind,
  foundIn,
  layOut,
  readStacks,
  scaleOf,
} from '../../lib/flame'
import classes from './Profiles.module.css'

const ROW = 20
const PADDING = 4
const KINDS: readonly FrameKind[] = ['java', 'native', 'kernel', 'type']
const COLOURS: Readonly<Record<FrameKind, string>> = {
  java: '--series-0',
  native: '--series-4',
  kernel: '--series-3',
  type: '--series-2',
}
/** Blue and orange-red stay apart under every kind of colour blindness; signs say the same. */
const LESS = '--series-0'
const MORE = '--crit'

const colourOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name)

/** Where time or memory goes, from callers at the top to what they call; as a difference in two colours. */
export function FlameGraph({
  text,
  difference,
  show,
}: {
  text: string
  difference: boolean
  show: (value: number) => string
}) {
  const { t, theme } = useApp()
  const root = useMemo(() => readStacks(text, difference), [text, difference])
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(frame)
  const [focus, setFocus] = useState<FlameNode>(root)
  const [current, setCurrent] = useState<FlameNode>(root)
  const [wanted, setWanted] = useState('')
  const shown = isBelow(focus, root) ? focus : root
  const boxes = useMemo(
    () => layOut(shown, width, difference ? scaleOf(root) : 0),
    [shown, width, difference, root],
  )
  const rows = boxes.reduce((most, box) => Math.max(most, box.row + 1), 1)

  useLayoutEffect(() => {
    if (canvas.current !== null)
      draw(canvas.current, boxes, { root, current, wanted, difference, width, rows, theme })
  }, [boxes, root, current, wanted, difference, width, rows, theme])

  const at = (event: PointerEvent<HTMLCanvasElement>): FlameNode | undefined => {
    const edge = event.currentTarget.getBoundingClientRect()
    const row = Math.floor((event.clientY - edge.top) / ROW)
    const x = event.clientX - edge.left
    return boxes.find(box => box.row === row && box.x <= x && x < box.x + box.width)?.node
  }
  const zoom = (one: FlameNode) => {
    setFocus(one)
    setCurrent(one)
  }
  const onKey = (event: KeyboardEvent) => {
    const next = step(event.key, current, boxes)
    if (event.key === 'Enter') zoom(current)
    else if (event.key === 'Escape') zoom(root)
    else if (next !== undefined) setCurrent(next)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const share = (value: number) => `${((100 * value) / Math.max(1, root.value)).toFixed(1)} %`
  const name = (one: FlameNode) => (one === root ? t('profile.reset') : one.name)
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          aria-label={t('profile.search')}
          placeholder={t('profile.search')}
          value={wanted}
          onChange={event => setWanted(event.currentTarget.value)}
        />
        {wanted !== '' && <span>{t('profile.found', { share: share(foundIn(root, wanted)) })}</span>}
        <Button size="xs" variant="default" disabled={shown === root} onClick={() => zoom(root)}>
          {t('profile.reset')}
        </Button>
      </div>
      <p className={classes.now} aria-live="polite">
        {name(current)} · {show(current.value)} ({share(current.value)})
        {difference && ` · ${signed(100 * changeOf(current, root))} %`}
      </p>
      <div className={classes.graph} ref={frame}>
        <canvas
          ref={canvas}
          role="img"
          tabIndex={0}
          aria-label={t('profile.flame', { stacks: boxes.length, total: show(root.value) })}
          title={name(current)}
          onPointerMove={event => setCurrent(at(event) ?? current)}
          onClick={event => {
            const one = at(event as unknown as PointerEvent<HTMLCanvasElement>)
            if (one !== undefined) zoom(one)
          }}
          onKeyDown={onKey}
        />
      </div>
      <p className={classes.legend}>
        {(difference
          ? ([
              [LESS, t('profile.less')],
              [MORE, t('profile.more')],
            ] as const)
          : KINDS.map(kind => [COLOURS[kind], t(`profile.${kind}`)] as const)
        ).map(([colour, word]) => (
          <span key={colour}>
            <span className={classes.swatch} style={{ background: `var(${colour})` }} />
            {word}
          </span>
        ))}
      </p>
    </>
  )
}

const signed = (value: number): string =>
  (value > 0 ? '+' : value < 0 ? '−' : '±') + Math.abs(value).toFixed(1)

function isBelow(one: FlameNode, root: FlameNode): boolean {
  let at: FlameNode | null = one
  while (at !== null && at !== root) at = at.parent
  return at === root
}

/** Where a key leads: up to the caller, down to the largest callee, sideways in the row. */
function step(key: string, from: FlameNode, boxes: readonly Box[]): FlameNode | undefined {
  const here = boxes.find(box => box.node === from)
  if (here === undefined) return boxes[0]?.node
  const row = boxes.filter(box => box.row === here.row).sort((a, b) => a.x - b.x)
  switch (key) {
    case 'ArrowUp':
      return from.parent ?? undefined
    case 'ArrowDown':
      return boxes.filter(box => box.node.parent === from).sort((a, b) => b.width - a.width)[0]?.node
    case 'ArrowLeft':
      return row[row.indexOf(here) - 1]?.node
    case 'ArrowRight':
      return row[row.indexOf(here) + 1]?.node
    default:
      return undefined
  }
}

function draw(
  canvas: HTMLCanvasElement,
  boxes: readonly Box[],
  look: {
    root: FlameNode
    current: FlameNode
    wanted: string
    difference: boolean
    width: number
    rows: number
    theme: string
  },
): void {
  const ratio = window.devicePixelRatio
  canvas.width = look.width * ratio
  canvas.height = look.rows * ROW * ratio
  canvas.style.width = `${look.width}px`
  canvas.style.height = `${look.rows * ROW}px`
  const pen = canvas.getContext('2d')
  if (pen === null) return
  pen.scale(ratio, ratio)
  pen.font = '12px sans-serif'
  pen.textBaseline = 'middle'
  const ink = colourOf('--text')
  const search = look.wanted.toLowerCase()
  for (const { node, x, width, row } of boxes) {
    const y = row * ROW
    const change = changeOf(node, look.root)
    pen.fillStyle = colourOf(
      node === look.root ? '--sunken' : look.difference ? (change < 0 ? LESS : MORE) : COLOURS[node.kind],
    )
    const strength = look.difference ? Math.min(0.6, Math.abs(change) * 6) : 0.35
    const found = search !== '' && node.name.toLowerCase().includes(search)
    pen.globalAlpha = node === look.root ? 1 : search !== '' && !found ? 0.12 : found ? 0.6 : strength
    pen.fillRect(x, y, Math.max(0.5, width - 0.5), ROW - 1)
    pen.globalAlpha = 1
    if (node === look.current) {
      pen.strokeStyle = ink
      pen.strokeRect(x + 0.5, y + 0.5, Math.max(0, width - 1.5), ROW - 2)
    }
    if (width > 30) {
      pen.fillStyle = ink
      pen.fillText(fitting(pen, node.name, width - 2 * PADDING), x + PADDING, y + ROW / 2)
    }
  }
}

/** A name as far as it fits: of a method its end, which tells more than its package. */
function fitting(pen: CanvasRenderingContext2D, name: string, room: number): string {
  if (pen.measureText(name).width <= room) return name
  const short = /^[\w.$]+$/.test(name) ? name.split('.').slice(-2).join('.') : name
  let length = Math.min(short.length, Math.ceil(room / 4))
  while (length > 0 && pen.measureText(`${short.slice(0, length)}…`).width > room) length--
  return length < 2 ? '' : length === short.length ? short : `${short.slice(0, length)}…`
}
