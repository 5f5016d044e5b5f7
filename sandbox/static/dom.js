/** h('p', {class: 'x', onclick: f}, 'words', node, null): an element; words are never read as markup. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

export const hour = (at) => at.slice(11, 16)
export const second = (at) => at.slice(11, 19)
export const day = (at) => `${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日`

/** One call of the control side; trouble is shown as words. */
export async function control(path, body) {
  const answer = await fetch(`/_control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  })
  const got = await answer.json().catch(() => ({}))
  if (!answer.ok) toast(got.detail || '没有办成，请再试一次')
  return answer.ok ? got : null
}

let hiding
export function toast(words) {
  const place = document.getElementById('toast')
  place.textContent = words
  place.hidden = false
  clearTimeout(hiding)
  hiding = setTimeout(() => { place.hidden = true }, 5000)
}
