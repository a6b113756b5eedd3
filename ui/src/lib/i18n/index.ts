/**
 * The product's words in two languages. Keys are typed, so are the parameters in a text ({name}); a language
 * that lacks a key does not compile. Numbers and dates go through lib/units and lib/time, not through here.
 */
import { en } from './en'
import { zh } from './zh'

export type Lang = 'en' | 'zh'
export type MessageKey = keyof typeof en
export type Dictionary = Readonly<Record<MessageKey, string>>

type ParamNames<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never
type ParamsOf<Key extends MessageKey> = ParamNames<(typeof en)[Key]>

/** Keys of texts without parameters: what tables of words (panels, tabs) may name. */
export type PlainKey = { [K in MessageKey]: [ParamsOf<K>] extends [never] ? K : never }[MessageKey]

type Arguments<Key extends MessageKey> = [ParamsOf<Key>] extends [never]
  ? []
  : [params: Readonly<Record<ParamsOf<Key>, string | number>>]

export type Translate = <Key extends MessageKey>(key: Key, ...args: Arguments<Key>) => string

export const DICTIONARIES: Readonly<Record<Lang, Dictionary>> = { en, zh }

/** BCP 47 tags for Intl and for the page's lang attribute. */
export const LOCALES: Readonly<Record<Lang, string>> = { en: 'en', zh: 'zh-CN' }

export function translator(lang: Lang): Translate {
  const dictionary = DICTIONARIES[lang]
  return (key, ...args) => {
    const params = args[0] as Readonly<Record<string, string | number>> | undefined
    const text = dictionary[key]
    return params === undefined
      ? text
      : text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))
  }
}

/** The language that a list of preferred locales asks for. */
export function preferredLang(locales: readonly string[]): Lang {
  for (const locale of locales) {
    const language = locale.toLowerCase().split('-')[0]
    if (language === 'zh') return 'zh'
    if (language === 'en') return 'en'
  }
  return 'en'
}
