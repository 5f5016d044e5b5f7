import type { IconName } from '@/components/drawings'

/** The eight on the home page; the codes are the catalogue's. */
export const HOME_THEMES: { code: string; name: string; icon: IconName }[] = [
  { code: 'shop', name: '开店办照', icon: 't-shop' },
  { code: 'birth', name: '生育上学', icon: 't-child' },
  { code: 'health', name: '看病医保', icon: 't-health' },
  { code: 'elder', name: '退休养老', icon: 't-old' },
  { code: 'house', name: '房屋土地', icon: 't-house' },
  { code: 'family', name: '婚姻户口', icon: 't-wed' },
  { code: 'aid', name: '困难帮扶', icon: 't-help' },
  { code: 'farm', name: '种植养殖', icon: 't-farm' },
]

export const ALL_THEMES: Record<string, string> = {
  ...Object.fromEntries(HOME_THEMES.map((theme) => [theme.code, theme.name])),
  work: '就业社保',
  build: '工程建设',
  transport: '交通出行',
  other: '其他',
}
