export function evaluate(
  expr: string,
  t: number,
  from?: number,
): { labels: Record<string, string>; value: number }[] | null
