"""A vault of a stranger who wants a page to run something: ``fmvault()`` is what all of it tries to call.

Each vector stands in every place that takes it: names, properties, labels, targets, HTML, code, math, diagrams, boards
and drawings. The ways are those that https://html.spec.whatwg.org lets markup run something, and those known of
sanitisers and of Markdown.
"""

from __future__ import annotations

import json
from pathlib import Path

# Markup that runs something where it is written as it is.
HTML = (
    "<script>fmvault()</script>",
    "<SCRIPT>fmvault()</SCRIPT >",
    "<script src=data:text/javascript,fmvault()></script>",
    "<script\n>fmvault()</script\n>",
    "<scr<script>ipt>fmvault()</scr</script>ipt>",
    "</title><script>fmvault()</script>",
    "</style><script>fmvault()</script>",
    "</textarea><script>fmvault()</script>",
    "</noscript><script>fmvault()</script>",
    "--><script>fmvault()</script>",
    "]]><script>fmvault()</script>",
    "<img src=x onerror=fmvault()>",
    '<img src="x" onerror="fmvault()">',
    "<img src=x onerror\n=\nfmvault()>",
    "<img/src=x/onerror=fmvault()>",
    "<img src=x onerror=&#102;mvault()>",
    "<IMG SRC=x OnErRoR=fmvault()>",
    "<img src='javascript:fmvault()'>",
    '<img src=x:x srcset="x" onerror="fmvault()">',
    "<svg onload=fmvault()>",
    "<svg><script>fmvault()</script></svg>",
    "<svg><animate onbegin=fmvault() attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:fmvault()'><text y=20>x</text></a></svg>",
    "<svg><set attributeName=onmouseover value=fmvault()></svg>",
    "<svg><foreignObject><img src=x onerror=fmvault()></foreignObject></svg>",
    "<svg><style><img src=x onerror=fmvault()></style></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=fmvault() />#x'></svg>",
    "<math><mi xlink:href='javascript:fmvault()'>x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=fmvault()></style></mglyph></table></mtext></math>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=fmvault()></annotation-xml></math>",
    "<math href='javascript:fmvault()'>x</math>",
    "<iframe src='javascript:fmvault()'></iframe>",
    '<iframe srcdoc="<script>parent.fmvault()</script>"></iframe>',
    "<iframe onload=fmvault()></iframe>",
    "<frameset onload=fmvault()>",
    "<object data='javascript:fmvault()'></object>",
    "<object data='data:text/html,<script>parent.fmvault()</script>'></object>",
    "<embed src='javascript:fmvault()'>",
    "<applet code=x>",
    "<a href='javascript:fmvault()'>x</a>",
    "<a href='JaVaScRiPt:fmvault()'>x</a>",
    "<a href='java\nscript:fmvault()'>x</a>",
    "<a href='java&#9;script:fmvault()'>x</a>",
    "<a href='&#1;javascript:fmvault()'>x</a>",
    "<a href='vbscript:fmvault()'>x</a>",
    "<a href='data:text/html,<script>opener.fmvault()</script>'>x</a>",
    "<a href=x onclick=fmvault()>x</a>",
    "<a href=x onfocus=fmvault() autofocus>x</a>",
    "<form action='javascript:fmvault()'><button>x</button></form>",
    "<button formaction='javascript:fmvault()'>x</button>",
    "<input onfocus=fmvault() autofocus>",
    "<input type=image src=x onerror=fmvault()>",
    "<select onfocus=fmvault() autofocus></select>",
    "<textarea onfocus=fmvault() autofocus></textarea>",
    "<keygen onfocus=fmvault() autofocus>",
    "<details open ontoggle=fmvault()><summary>x</summary></details>",
    "<video src=x onerror=fmvault()></video>",
    "<video><source onerror=fmvault()></video>",
    "<audio src=x onerror=fmvault()></audio>",
    "<video poster='javascript:fmvault()'></video>",
    "<body onload=fmvault()>",
    "<body onpageshow=fmvault()>",
    "<marquee onstart=fmvault()>x</marquee>",
    "<div onmouseover=fmvault()>x</div>",
    "<div style='background:url(javascript:fmvault())'>x</div>",
    "<div style='animation-name:x' onanimationstart=fmvault()>x</div>",
    "<style>@import 'javascript:fmvault()';</style>",
    "<style>*{background:url('javascript:fmvault()')}</style>",
    "<link rel=stylesheet href='data:text/css,*{display:none}'>",
    "<link rel=import href='data:text/html,<script>fmvault()</script>'>",
    "<meta http-equiv=refresh content='0;url=javascript:fmvault()'>",
    "<meta http-equiv=refresh content='0;url=data:text/html,<script>fmvault()</script>'>",
    "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
    "<base href='javascript:fmvault()//'>",
    "<base href='https://example.invalid/'>",
    "<template><script>fmvault()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=fmvault()>'></noscript>",
    "<!--><img src=x onerror=fmvault()>-->",
    "<!-- --!><img src=x onerror=fmvault()> -->",
    "<![CDATA[><img src=x onerror=fmvault()>]]>",
    "<?php ><img src=x onerror=fmvault()>?>",
    "<x onclick=fmvault() tabindex=1 autofocus onfocus=fmvault()>x</x>",
    "<p id=_main name=fmvault>x</p>",
    "<portal src='javascript:fmvault()'></portal>",
    "<img src='x' alt='`onerror=fmvault()'>",
    "<isindex action='javascript:fmvault()'>",
    "<table background='javascript:fmvault()'><td>x</td></table>",
    "<plaintext><script>fmvault()</script>",
    "<xmp><script>fmvault()</script></xmp><p title='</xmp><img src=x onerror=fmvault()>'>",
)

# Markdown that would run something if it were taken at its word.
MARKDOWN = (
    "[x](javascript:fmvault())",
    "[x](JAVASCRIPT:fmvault())",
    "[x](<java\tscript:fmvault()>)",
    "[x](&#106;avascript:fmvault())",
    "[x](javascript&colon;fmvault())",
    "[x](data:text/html,<script>opener.fmvault()</script>)",
    "[x](vbscript:fmvault())",
    "![x](javascript:fmvault())",
    '![x](x.png "a" onerror="fmvault()")',
    "[x](https://example.invalid \"' onclick=fmvault() '\")",
    "[x]: javascript:fmvault()\n\n[x]",
    "<javascript:fmvault()>",
    "[[javascript:fmvault()]]",
    '[["onclick=fmvault()|x]]',
    "[[x|<img src=x onerror=fmvault()>]]",
    '![[x.png|"onerror="fmvault()]]',
    '![[x.png|100" onerror="fmvault()]]',
    "![[https://example.invalid/x.png]]",
    "$\\href{javascript:fmvault()}{x}$",
    "$\\text{<img src=x onerror=fmvault()>}$",
    "$$\\unicode{<script>fmvault()</script>}$$",
    "$<img src=x onerror=fmvault()>$",
    "```<img src=x onerror=fmvault()>\nx\n```",
    '```js" onmouseover="fmvault()\nx\n```',
    "```html\n</code></pre><script>fmvault()</script>\n```",
    '```mermaid\ngraph TD\nA[<img src=x onerror=fmvault()>] --> B\nclick A "javascript:fmvault()"\n```',
    "```mermaid\n%%{init: {'securityLevel': 'loose', 'themeCSS': '*{}'}}%%\ngraph TD\nclick A call fmvault()\n```",
    "```mermaid\n</pre><script>fmvault()</script>\n```",
    '> [!"onclick="fmvault()] <img src=x onerror=fmvault()>\n> x',
    "> [!note]- <script>fmvault()</script>\n> x",
    "x[^<img src=x onerror=fmvault()>]\n\n[^<img src=x onerror=fmvault()>]: y",
    "x ^[<img src=x onerror=fmvault()>]",
    "==<img src=x onerror=fmvault()>==",
    "- [<img src=x onerror=fmvault()>] x",
    '| a | b |\n|---|---|\n| <img src=x onerror=fmvault()> | " onclick="fmvault() |',
    '# x {#" onclick="fmvault()}',
    "# <img src=x onerror=fmvault()>",
    '#tag"onclick="fmvault()',
    "```dataviewjs\nfmvault()\n```",
    "`$= fmvault()`",
    "<% fmvault() %>",
    "{{ ''.__class__ }} {% import os %}",
)

_NAMES = (
    "<img src=x onerror=fmvault()>",
    "'-fmvault()-'",
    '" onclick="fmvault()',
    "${fmvault()}",
    "{{7*7}}{% raw %}",
    "javascript&colon;fmvault()",
    "a&lt;script&gt;fmvault()",
)


def write(folder: Path) -> None:
    """Write the vault."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fmvault.toml").write_text("[kinds.concept]\n", encoding="utf-8")
    for number, vector in enumerate((*HTML, *MARKDOWN)):
        quoted = json.dumps(vector)
        (folder / f"Vector {number}.md").write_text(
            f"---\ntype: concept\naliases: [{quoted}]\ntitle: {quoted}\ntags: [{quoted}]\nlang: {quoted}\n"
            f"cssclasses: [{quoted}]\ncreated: {quoted}\nup: {quoted}\n---\n# {_line(vector)}\n\n"
            f"## Definition\n\nIt is {vector}\n\n## Open questions\n\n- What is {_line(vector)}?\n\n"
            f"## Related concepts\n\n- [[Vector {number + 1}|{_line(vector)}]]: {_line(vector)}\n\n"
            f"Text before {vector} and after.\n\n{vector}\n\n- {_line(vector)}\n\n> {_line(vector)}\n\n"
            f"*{_line(vector)}* **{_line(vector)}** [{_line(vector)}](Other.md) ![[Vector {number + 2}]]\n",
            encoding="utf-8",
        )
    for name in _NAMES:
        # A slash parts folders, and cannot be in a name.
        (folder / f"{name.replace('/', '')}.md").write_text(f"# {name}\n\n[[{name}]]\n", encoding="utf-8")
    (folder / "x.png").write_bytes(b"")
    (folder / "Drawing.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' onload='fmvault()'><script>fmvault()</script>"
        "<a href='javascript:fmvault()'><text y='20'>x</text></a></svg>",
        encoding="utf-8",
    )
    (folder / "Page.html").write_text("<script>fmvault()</script>", encoding="utf-8")
    cards = [
        {
            "id": f"c{number}",
            "type": "text",
            "text": vector,
            "x": 0,
            "y": number * 90,
            "width": 300,
            "height": 80,
            "color": vector,
        }
        for number, vector in enumerate((*HTML, *MARKDOWN))
    ]
    more = [
        {
            "id": '"onclick="fmvault()',
            "type": "link",
            "url": "javascript:fmvault()",
            "x": 400,
            "y": 0,
            "width": 99,
            "height": 99,
        },
        {
            "id": "g",
            "type": "group",
            "label": HTML[0],
            "background": "javascript:fmvault()",
            "x": 0,
            "y": 0,
            "width": 9,
            "height": 9,
        },
    ]
    edges = [{"id": "e", "fromNode": "c0", "toNode": "c1", "label": HTML[11], "color": '" onload="fmvault()'}]
    (folder / "Board.canvas").write_text(json.dumps({"nodes": [*cards, *more], "edges": edges}), encoding="utf-8")
    (folder / "Base.base").write_text(f"views:\n  - type: table\n    name: {json.dumps(HTML[11])}\n", encoding="utf-8")
    (folder / "Other.md").write_text(
        "![[Drawing.svg]] [[Page.html]] [[Board.canvas]] ![[Base.base]] [d](Drawing.svg)\n", encoding="utf-8"
    )


def _line(vector: str) -> str:
    return " ".join(vector.split())
