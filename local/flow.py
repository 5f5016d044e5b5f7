"""`main.py flow`: the state sheet as a county official reads it: at the terminal, as a page, drawn. No database."""

from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.table import Table

from local.flow_drawing import drawing
from local.show import Show
from models.rules.flow import FINAL, MACHINES, WORDS, Step
from models.rules.notices import NOTICES
from models.rules.periods import PERIODS, RENEWAL_REMINDERS, Alarm, Period
from models.rules.renewal import OFFICE_WARNED

SHEETS = {
    "case": ("一、办件", "一件申请从草稿到送达。几个部门一起办的，整件事是一件。"),
    "task": ("二、部门办理", "一件里每个部门办的那一项；一件事、联合审批里的子办件，各有自己的期限。"),
    "consultation": ("三、函询", "部门之间问意见的函。"),
    "inspection": ("四、核查", "当场决定的随机抽查，告知承诺的事后核查。"),
    "licence": ("五、证照", "准予后发的证，到期、延续、作废。"),
    "appointment": ("六、预约", "从占号、候补到办完。留着的、候补到的、订好的，算的是同一批号。"),
    "ticket": ("七、叫号", "取号、叫号、过号、转窗口，到办完。"),
}
WHO = {
    "owner": "申请人", "clerk": "窗口", "delegate": "受委托窗口", "handler": "承办人", "section_head": "股室负责人",
    "approver": "部门负责人", "department": "部门系统", "supervisor": "督办", "county_head": "县政府负责人",
    "clock": "时钟", "system": "系统", "kiosk": "取号机",
}  # fmt: skip
NEXT = {"citizen": "申请人", "hall": "大厅", "departments": "部门", "": "没有人，办完了"}
TOLD = {"citizen": "申请人", "hall": "大厅", "department": "部门", "supervisor": "督办", "asker": "发函的人"}
HEADS = ("动词", "办什么", "从", "到", "谁能办", "期限", "告诉谁", "接着谁办")


@dataclass(frozen=True)
class Row:
    """One verb in words."""

    verb: str
    words: str
    start: str
    end: str
    who: str
    clocks: str
    told: str
    owner: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.verb, self.words, self.start, self.end, self.who, self.clocks, self.told, self.owner


def rows(machine: str) -> list[Row]:
    """The sheet of a machine, a row a verb, in its order."""
    return [_row(machine, verb, step) for verb, step in MACHINES[machine].items()]


def _row(machine: str, verb: str, step: Step) -> Row:
    words = WORDS[machine]
    told = dict.fromkeys(TOLD[NOTICES[name].audience] for name in step.tell)
    return Row(
        verb,
        step.words,
        "、".join(words[state] for state in words if state in step.start) or "（新建）",
        words[step.end] if step.end else "不变",
        "、".join(WHO[role] for role in WHO if role in step.who),
        clocks(step),
        "、".join(told) or "不另外告诉",
        NEXT[step.owner] if step.owner is not None else "不变",
    )


def clocks(step: Step) -> str:
    """Which periods a verb starts and stops; empty for none."""
    parts = [("开始", step.starts), ("停止", step.stops)]
    return "；".join(said + "、".join(PERIODS[kind].words for kind in kinds) for said, kinds in parts if kinds)


def alarms(period: Period) -> list[str]:
    """What the clock does about a running period, in order: on the case, then on each department's task."""
    on_case = [_alarm("case", alarm) for alarm in period.alarms]
    return [*on_case, *(f"各部门：{_alarm('task', alarm)}" for alarm in period.task)]


def _alarm(machine: str, alarm: Alarm) -> str:
    step = MACHINES[machine][alarm.verb]
    hour = alarm.at or ("08:30" if alarm.before else "")
    if alarm.before > 0:
        return f"到期前第{alarm.before}个工作日{hour}：{step.event}"
    if alarm.before < 0:
        return f"到期后第{-alarm.before}个工作日{hour}：{step.event}"
    return f"{f'到期那天{hour}' if hour else '期限过了'}：{step.event}"


def licence_alarms() -> list[str]:
    """What the clock does about a licence that ends."""
    days, working = ("、".join(str(day) for day in found) for found in (RENEWAL_REMINDERS, OFFICE_WARNED))
    return [
        f"到期前{days}日08:30：提醒持证人",
        f"到期前第{working}个工作日08:30：提醒还没有决定延续的部门",
        "期限过了：到期30日前申请延续、还没有决定的，视为准予延续；别的到期",
    ]


def show(svg: Path | None) -> None:
    """Print the whole sheet; with `svg` draw it into that file and write the tables beside it as Markdown."""
    said = Show()
    if svg is not None:
        svg.write_text(drawing(SHEETS), encoding="utf-8")
        page = svg.with_suffix(".md")
        page.write_text(markdown(svg.name), encoding="utf-8")
        said.say(f"画好了：{svg} 和 {page}")
    for machine, (title, note) in SHEETS.items():
        table = Table(title=f"{title}　{note}", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for head in HEADS:
            table.add_column(head, overflow="fold")
        for row in rows(machine):
            table.add_row(*row.cells)
        said.console.print(table)
    table = Table(title="八、期限到了，时钟做什么", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("期限")
    table.add_column("时钟做的")
    for name, lines in _periods():
        table.add_row(name, "\n".join(lines))
    said.console.print(table)


def _periods() -> list[tuple[str, list[str]]]:
    return [*((period.words, alarms(period)) for period in PERIODS.values()), ("证照有效期", licence_alarms())]


def markdown(picture: str) -> str:
    """The page docs/state-sheet.md, with the drawing beside it."""
    parts = [
        "# 状态表",
        "这一页由 `python main.py flow --svg docs/state-sheet.svg` 生成，和程序用的是同一张表："
        "表里没有的动作，谁也做不了。",
        f"![状态图：每一列是一个状态，每一行是一步]({picture})",
    ]
    for machine, (title, note) in SHEETS.items():
        last = "、".join(words for state, words in WORDS[machine].items() if state in FINAL[machine])
        parts.append(f"## {title}\n\n{note}到了{last}就办完了。")
        parts.append(_table(HEADS, [(f"`{row.verb}`", *row.cells[1:]) for row in rows(machine)]))
    parts.append("## 八、期限到了，时钟做什么")
    parts.append(_table(("期限", "时钟做的"), [(name, "<br>".join(lines)) for name, lines in _periods()]))
    return "\n\n".join(parts) + "\n"


def _table(heads: tuple[str, ...], found: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *found]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
