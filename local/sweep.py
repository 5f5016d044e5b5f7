"""`main.py sweep`: is there a case nobody has, or with nothing due? There must be none (R24)."""

from local.show import Show
from models.actions import supervision


async def perform() -> int:
    """Look, write down, print; 1 when a case or a task has no owner or no next hour."""
    show = Show()
    found = await supervision.sweep_cases()
    for one in (*found.cases, *found.tasks):
        show.say(f"  {one['number']}　{one['title']}　{one['state']}：{one['why']}", "red")
    for line in found.unmanned:
        words = f"  无人可办：{line['short']}没有在岗的{line['role']}，{line['n']} 件等着。请用 main.py staff add 加人"
        show.say(words, "yellow")
    if found.orphans:
        show.say(f"有 {found.orphans} 件没有人接，或没有下一个期限。", "bold red")
        return 1
    show.say("每一件都有人接，都有下一个期限。", "green")
    return 0
