/**
 * The only module that knows CodeMirror; loaded when somebody explores. The editor lives in a shadow root: there
 * CodeMirror brings its styles as constructed sheets, which the hub's policy (no inline styles) allows.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { PromQLExtension } from '@prometheus-io/codemirror-promql'
import { labelNames, labelValues, metricMetadata, series } from '../../api/promql'

export interface EditorOptions {
  readonly text: string
  readonly label: string
  readonly hint: string
  readonly onChange: (text: string) => void
  readonly onRun: () => void
}

export interface Editor {
  readonly setText: (text: string) => void
  readonly setLabel: (label: string) => void
  /** Marks the place of the hub's error, or nothing. */
  readonly setError: (error: { readonly position: number; readonly message: string } | null) => void
  readonly focus: () => void
  readonly destroy: () => void
}

const look = EditorView.theme({
  '&': { color: 'var(--text)', background: 'transparent', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { padding: '7px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 12px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-soft)' },
  '.cm-content ::selection': { background: 'var(--accent-soft)' },
  '&.cm-focused .cm-matchingBracket': {
    background: 'var(--accent-soft)',
    outline: '1px solid var(--accent)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius)',
    background: 'var(--raised)',
    color: 'var(--text)',
    zIndex: '60',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxWidth: 'min(520px, 90vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', lineHeight: '20px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--accent)' },
  '.cm-completionInfo': { padding: '8px 12px', maxWidth: '320px', fontSize: '12px' },
  '.cm-diagnostic': { padding: '6px 12px', fontSize: '12px', borderLeft: '3px solid var(--crit)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--crit)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint-error::after': { borderBottomColor: 'var(--crit)' },
})

const highlight = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.function(tags.variableName), tags.operatorKeyword, tags.modifier], color: 'var(--accent)' },
  { tag: [tags.labelName, tags.typeName], color: 'var(--maintenance)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.number, tags.bool], color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
])

/** A selector for a metric, whatever characters its name has. */
const selector = (metric: string | undefined): string | undefined =>
  metric === undefined || metric === '' ? undefined : `{__name__=${JSON.stringify(metric)}}`

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' })
  const language = new PromQLExtension().activateLinter(true).setComplete({
    remote: {
      labelNames: metric => labelNames(selector(metric)),
      labelValues: (label, metric) => labelValues(label, selector(metric)),
      metricNames: () => labelValues('__name__'),
      metricMetadata,
      series: async metric =>
        (await series(selector(metric) ?? '{__name__!=""}')).map(labels => new Map(Object.entries(labels))),
      flags: async () => ({}),
    },
  })
  const labelled = new Compartment()
  const attributes = (label: string) =>
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-multiline': 'true',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
    })
  let quiet = false
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        look,
        syntaxHighlighting(highlight),
        EditorView.lineWrapping,
        history(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        language.asExtension(),
        placeholder(options.hint),
        labelled.of(attributes(options.label)),
        Prec.highest(
          keymap.of([
            { key: 'Mod-Enter', run: run },
            // Enter asks; Shift-Enter begins a new line. A completion that is open takes it first.
            { key: 'Enter', run: editor => acceptCompletion(editor) || run() },
          ]),
        ),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of(update => {
          if (update.docChanged && !quiet) options.onChange(update.state.doc.toString())
        }),
      ],
    }),
  })
  function run(): boolean {
    options.onRun()
    return true
  }
  return {
    setText(text) {
      if (view.state.doc.toString() === text) return
      quiet = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      quiet = false
    },
    setLabel: label => view.dispatch({ effects: labelled.reconfigure(attributes(label)) }),
    setError(error) {
      const { length } = view.state.doc
      const from = error === null ? 0 : Math.min(error.position, Math.max(0, length - 1))
      view.dispatch(
        setDiagnostics(
          view.state,
          error === null
            ? []
            : [{ from, to: Math.min(length, from + 1), severity: 'error', message: error.message }],
        ),
      )
    },
    focus: () => view.focus(),
    destroy() {
      language.destroy()
      view.destroy()
    },
  }
}
