"""`/docs`: the interface as a page, made from the same table as the routes; no script, no outside asset."""

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.op import OPS, Empty, Operation
from api.openapi import PROBLEMS

STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;color:#1B2430;background:#F3F4F0;margin:0}
main{max-width:980px;margin:0 auto;padding:24px 20px 80px}
h1{font-size:26px;margin:8px 0}
h2{font-size:19px;margin:32px 0 8px}
p{color:#4A5564;margin:4px 0}
details{background:#fff;border:1px solid #DFE3DC;border-bottom:0}
details:last-of-type{border-bottom:1px solid #DFE3DC}
summary{padding:9px 14px;cursor:pointer;display:flex;gap:12px;align-items:baseline}
summary i{font-style:normal;color:#4A5564;flex:1}
summary code{min-width:330px}
summary span{color:#5F6A78}
b{font:600 13px/1.8 ui-monospace,monospace;color:#14645A;min-width:64px}
code{font:14px ui-monospace,monospace}
div{padding:4px 14px 14px 90px;color:#4A5564}
table{border-collapse:collapse}
td{padding:2px 16px 2px 0;vertical-align:top}
a{color:#14645A}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def _fields(operation: Operation) -> Markup:
    rows = Markup("")
    for where, model in (("查询", operation.query), ("正文", operation.body)):
        if model is Empty:
            continue
        for name, found in model.model_fields.items():
            need = "必填" if found.is_required() else "可选"
            rows += Markup("<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>").format(where, name, need)
    out = operation.out
    about = (out.__doc__ or out.__name__).strip().split("\n")[0] if out else "没有正文，或是文件"
    rows += Markup("<tr><td>回答</td><td><code>{}</code></td><td>{}</td></tr>").format(operation.status, about)
    return Markup("<table>{}</table>").format(rows)


def _one(operation: Operation) -> Markup:
    doors = {"": "不用登录", "citizen": "要登录", "department": "部门签名"}
    path = operation.path.replace(":id", "")
    return Markup(
        "<details><summary><b>{}</b><code>{}</code><i>{}</i><span>{}</span></summary><div>{}</div></details>"
    ).format(operation.method, path, operation.summary, doors[operation.door.scheme], _fields(operation))


def _page() -> str:
    groups: dict[str, Markup] = {}
    for operation in OPS:
        part = operation.path.split("/")[3 if operation.path.startswith("/api/") else 1]
        groups[part] = groups.get(part, Markup("")) + _one(operation)
    body = Markup("").join(Markup("<h2>{}</h2>{}").format(name, found) for name, found in sorted(groups.items()))
    codes = "　".join(f"{code} {words}" for code, words in PROBLEMS.items())
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>一门接口</title><style>{STYLE}</style><main><h1>一门接口</h1>"
        f'<p>机器可读的全文：<a href="/openapi.json">openapi.json</a>（OpenAPI 3.1）。'
        f"写入的请求可以带 Idempotency-Key，同一个编号只生效一次。</p>"
        f"<p>出错时的回答：{escape(codes)}</p>{body}</main></html>"
    )


async def show(_: Request) -> Response:
    return HTMLResponse(_page(), headers={"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=60"})


def routes() -> list[Route]:
    return [Route("/docs", show)]
