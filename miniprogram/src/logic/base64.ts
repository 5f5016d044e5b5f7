const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of the UTF-8 bytes of `text`; WeChat has neither `btoa` nor a dependable `TextEncoder`. */
export function base64(text: string): string {
  const bytes: number[] = []
  encodeURIComponent(text).replace(/%([0-9A-F]{2})|(.)/g, (_, hex: string | undefined, plain: string) => {
    bytes.push(hex ? parseInt(hex, 16) : plain.charCodeAt(0))
    return ''
  })
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at] as number, bytes[at + 1], bytes[at + 2]]
    out += LETTERS[a >> 2]
    out += LETTERS[((a & 3) << 4) | ((b ?? 0) >> 4)]
    out += b === undefined ? '=' : LETTERS[((b & 15) << 2) | ((c ?? 0) >> 6)]
    out += c === undefined ? '=' : LETTERS[c & 63]
  }
  return out
}
