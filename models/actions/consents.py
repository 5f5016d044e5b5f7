"""The ledger of subscribe messages (R61): what a person answered in WeChat's pop-up.

What the client reports is a hint: a one-time accept buys one message, so it is written as one credit; the truth comes
from the platform's own events, and an answer 43101 at sending time spends the credit anyway.
"""

from typing import Literal

from models.base import Refusal, unit
from models.people import Account, Consent
from models.rules.notices import TEMPLATES
from models.rules.permits import Actor, require_citizen

Answer = Literal["accept", "reject", "ban", "filter"]
MOST_AT_ONCE = 3
MOST_CREDITS = 50


async def record(actor: Actor, results: dict[str, Answer]) -> list[Consent]:
    """Write the answers of one pop-up; at most three templates at once. Rows come back in the order given.

    accept: one message more. reject: no change of credits. ban: the person shut the template off, credits are gone.
    filter: the platform hid the template (same title), so nothing was asked. Refusals: `template_unknown` 422.
    """
    account_id = require_citizen(actor)
    errors = [
        {"pointer": f"/results/{key}", "code": "template_unknown", "detail": "没有这种提醒"}
        for key in results
        if key not in TEMPLATES
    ]
    if errors or not 1 <= len(results) <= MOST_AT_ONCE:
        raise Refusal("template_unknown", 422, "提醒的种类不对，请刷新再试", errors)

    async def body() -> list[Consent]:
        # one pop-up at a time: two parallel first answers must not collide
        await Account.filter(id=account_id).select_for_update().first()
        return [await _one(account_id, key, answer) for key, answer in results.items()]

    return await unit(body)


async def _one(account_id: object, key: str, answer: Answer) -> Consent:
    row, _ = await Consent.get_or_create(account_id=account_id, template=key)
    if answer == "accept":
        row.credits = min(row.credits + 1, MOST_CREDITS)
    elif answer == "ban":
        row.credits, row.standing = 0, False
    if answer != "filter" or row.credits == 0:
        row.state = answer
    await row.save(update_fields=["credits", "standing", "state"])
    return row
