import { today } from './dates'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

function realDate(digits: string): string | null {
  const [year, month, day] = [Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6, 8))]
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
}

/** Capital X, no spaces. */
export function tidyIdNumber(text: string): string {
  return text.replace(/\s/g, '').toUpperCase()
}

/**
 * Checks a resident's ID number (GB 11643; R1): length, birth date, ISO 7064 MOD 11-2.
 * @returns words saying what to look at, or null when it holds. The region is not checked: codes are abolished.
 */
export function idNumberTrouble(text: string, on: string = today()): string | null {
  const id = tidyIdNumber(text)
  if (!id) return '请填身份证号'
  if (/^\d{15}$/.test(id)) return '这是15位的旧号，请填新身份证上的18位号'
  if (id.length !== 18) return `身份证号是18位，您填了${id.length}位`
  if (!/^\d{17}[\dX]$/.test(id)) return '身份证号前17位是数字，最后一位是数字或X'
  const born = realDate(id.slice(6, 14))
  if (!born || born > on) return '身份证号里的出生日期不对，请对着证件看一遍'
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(id[at]), 0)
  if (CHECKS[sum % 11] !== id[17]) return '身份证号有一位不对，请对着证件看一遍'
  return null
}

export function nameTrouble(text: string): string | null {
  const name = text.trim()
  if (!name) return '请填姓名'
  if (name.length < 2 || name.length > 50 || /[\d\s<>]/.test(name.replace(/[·．.]/g, ''))) return '姓名照身份证上的写'
  return null
}

export function phoneTrouble(text: string): string | null {
  const phone = text.replace(/\s/g, '')
  if (!phone) return '请填手机号'
  return /^1\d{10}$/.test(phone) ? null : '手机号是11位，1 开头'
}
