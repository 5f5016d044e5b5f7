import type { Project } from '@/api/projects'
import { readProject } from '@/api/projects'
import { Offline } from '@/api/client'
import { recall, remember } from '@/platform/store'
import { elder } from './elder'

/** Keys under which projects were opened without signing in; they live as long as the app is open. */
const keys = new Map<string, string>()

export function openedWith(code: string, key: string): void {
  keys.set(code, key)
}

export function keyOf(code: string): string | undefined {
  return keys.get(code)
}

export function keepProject(one: Project): Project {
  if (!keys.has(one.code)) remember(`project:${one.code}`, one)
  return one
}

/** Reads a project; without a network the last known one. */
export async function loadProject(code: string): Promise<Project> {
  try {
    return keepProject(await readProject(code, keyOf(code), elder.on))
  } catch (error) {
    const kept = recall<Project>(`project:${code}`)
    if (error instanceof Offline && kept) return kept
    throw error
  }
}
