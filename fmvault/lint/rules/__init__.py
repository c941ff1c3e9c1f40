"""The rules, in the order in which they are listed."""

from fmvault.lint.rule import Rule
from fmvault.lint.rules import anchors, links, meta

RULES: tuple[Rule, ...] = (
    links.broken_note,
    links.broken_attachment,
    links.link_by_alias,
    links.url_as_wikilink,
    links.ambiguous_link,
    links.malformed_link,
    links.unescaped_table_pipe,
    links.empty_label,
    links.self_link,
    links.case_mismatch,
    anchors.broken_heading,
    anchors.broken_block,
    anchors.undefined_footnote,
    anchors.unused_footnote,
    anchors.duplicate_block_id,
    anchors.invalid_block_id,
    anchors.ambiguous_heading,
    meta.unknown_allowance,
    meta.unused_allowance,
    meta.malformed_file,
)
