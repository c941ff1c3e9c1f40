"""A note's text as HTML: the events of the one Markdown parser, the links of the one reader, written by our own hand.

All that a note says may come from a stranger. Text and attributes are escaped where they are written, addresses lead to
the web, to mail or within the site, and raw HTML is cleaned.
"""

from fmvault.publish.markup.code import code_style
from fmvault.publish.markup.renderer import Body, Renderer

__all__ = ["Body", "Renderer", "code_style"]
