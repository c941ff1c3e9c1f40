"""What a chat, a template or a copied page left in a note is found; ordinary notes are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault import markdown, prose
from fmvault.model import Defect

SHARED = Path(__file__).parents[2] / "shared"
PROSE = "This sentence is long enough to be prose and says of the line before it what a reader wants to know."


def _found(text: str, fault: str) -> list[str]:
    """The text that the note's defects of this name stand at."""
    source = text.encode("utf-8")
    return [
        source[defect.span.start : defect.span.end].decode("utf-8")
        for defect in markdown.parse("a.md", source).defects
        if defect.fault == fault
    ]


@pytest.mark.parametrize(
    "residue",
    [
        "Let me know if you want a diagram to visualize this!",
        "Let me know if you'd like me to expand on any of these.",
        "Would you like me to turn this into a table?",
        "Would you like a summary of the chapter?",
        "If you’d like, I can also create a flowchart.",
        "Want me to turn this into a table?",
        "As an AI language model, I don't have personal opinions.",
        "I'm sorry, but as an AI, I cannot browse the web.",
        "As of my last knowledge update in January 2022, it was not released.",
        "Als KI-Sprachmodell habe ich keine Meinung.",
        "Möchtest du, dass ich ein Beispiel ergänze?",
        "Wenn du möchtest, kann ich dir eine Tabelle erstellen.",
        "Soll ich dir noch ein Beispiel geben?",
    ],
)
def test_an_assistants_last_words_are_found(residue: str) -> None:
    assert _found(f"# A\n\nText about it.\n\n{residue}\n", "leftover-chat") == [residue]
    assert _found(f"# A\r\n\r\nText about it.\r\n\r\n{residue}\r\n", "leftover-chat") == [residue]


@pytest.mark.parametrize(
    "opening",
    [
        "Certainly! Here is what you asked for:",
        "Sure, here's a short summary of the chapter:",
        "Of course! I'd be happy to explain it.",
        "Great question! Here’s the short answer.",
        "Natürlich! Hier ist eine Zusammenfassung:",
    ],
)
def test_an_assistants_first_words_are_found(opening: str) -> None:
    assert _found(f"{opening}\n\n- a\n", "leftover-chat") == [opening]
    assert _found(f"{opening}\nMore of it.\n", "leftover-chat") == [opening]
    assert _found(f"{opening} More of it.\r\n", "leftover-chat") == [opening]


def test_a_closing_sentence_is_found_at_the_end_of_a_part() -> None:
    offer = "Would you like me to add an example?"
    assert _found(f"It is so. {offer}\n\n---\n\n## More\n\nText.\n", "leftover-chat") == [offer]
    assert _found(f"It is so. {offer}\n\n## More\n\nText.\n", "leftover-chat") == [offer]
    assert _found(f"It is so. {offer}\n\nThe text goes on.\n", "leftover-chat") == []


@pytest.mark.parametrize(
    "text",
    [
        "> Let me know if you want a diagram to visualize this!",
        "- Let me know if you want a diagram to visualize this!",
        "`Let me know if you want a diagram to visualize this!`",
        "“Let me know if you want a diagram to visualize this!”",
        "```\nAs an AI language model, I cannot.\n```",
        "Dear Ada,\n\nLet me know if you want me to change the draft.",
        "As an AI engineer, I read such answers daily.",
        "Phrases like As an AI language model, I cannot are common.",
        "As of my last update on the project, we were late.",
        "Here's a breakdown of the costs.",
        "Sure, it rained. Of course, nobody came.",
        "Bob will let me know if you want a copy.",
        "I hope this helps the team.\n\nNext: the budget.",
        "---\nsource: https://example.com/answers/1\n---\nUse the second one. I hope this helps!",
        "Would you like to come? If you want, I can bring a cake.",
        "Please let me know if you have any questions.",
        "Feel free to ask if you have more questions!",
        "I hope this helps!",
        "Want me to write a longer abstract?",
        "Let me know if you'd like me to add your name.",
        "Let me know if you need the code or more details.",
        "If you want, I can write to the landlord.",
        "Of course, here is the catch: nobody pays for it.",
        "Sure, I can help with the move.",
        "Klar, hier ist es kälter.",
        "Lass mich wissen, ob du kommst.",
        "Soll ich dir das Buch mitbringen?",
        "Möchtest du, dass ich dich abhole?",
    ],
)
def test_what_people_write_is_no_residue(text: str) -> None:
    assert _found(f"{text}\n", "leftover-chat") == []


def test_marks_of_a_chat_program_are_found_anywhere() -> None:
    marks = [":contentReference[oaicite:3]{index=3}", "【4†source】", "\ue200cite\ue202turn0search0\ue201"]
    for mark in marks:
        assert [found.strip() for found in _found(f"- It is so.{mark}\n", "leftover-chat")] == [mark]
        assert _found(f"`{mark}`\n", "leftover-chat") == []
    assert _found("【注意】これは見出しです。\n", "leftover-chat") == []


@pytest.mark.parametrize(
    "text",
    [
        "# {{title}}",
        "Created: {{date}} {{time:HH:mm}}",
        "---\ntitle: '{{title}}'\ncreated: {{date}}\n---\nText.",
        "{{date:YYYY-MM-DD}}",
        "- **Date**:: {{date}}",
        "[[{{date:YYYY-MM-DD}}]]",
        "<% tp.date.now() %>",
        "<%* const x = await tp.system.prompt('x') %>",
        "(Things to revisit later)",
        "*(add your notes here)*",
    ],
)
def test_what_a_template_left_is_found(text: str) -> None:
    assert _found(f"{text}\n", "template-leftover")


@pytest.mark.parametrize(
    "text",
    [
        "`{{title}}`",
        "In a template, {{title}} stands for the name of the note.",
        "{{ title }} {{title|upper}} {{c1::Paris}} {{< figure >}}",
        "https://example.com/?q={{title}}",
        "| {{title}} | name |\n|---|---|\n",
        "<% if (x) %> <%= name %>",
        "<% if (tp.file) <% x %>",
        "Front: {{title}}",
        "# {{title}}\n\n{{c1::Paris}}",
        "# {{title}}\n\n{% for page in pages %}\n\n{{date}}",
        "# {{title}}\n\n{{#each people}}",
        "## Meeting of {{date}}",
        "---\nlayout: card {{title}}\n---",
        "(things we know)",
        "Add your notes here and there.",
    ],
)
def test_what_other_programs_write_is_no_leftover(text: str) -> None:
    assert _found(f"{text}\n", "template-leftover") == []


def test_a_note_of_nothing_but_commands_opened_is_read() -> None:
    assert _found("<% " + "tp.file " * 300_000, "template-leftover") == []
    assert _found("<% tp.file " * 300_000, "template-leftover") == []
    assert _found("Want me to add a table " * 100_000, "leftover-chat") == []
    assert _found("Would you like a summary — " * 100_000, "leftover-chat") == []


def test_short_lines_before_prose_are_headings() -> None:
    text = f"What is it?\n{PROSE}\nWhy it matters\n{PROSE}\n\nRelated terms\n\nEmbedding\n\n{PROSE}\n"
    assert _found(text, "unmarked-heading") == ["What is it?", "Why it matters", "Related terms", "Embedding"]
    assert _found(text.replace("\n", "\r\n"), "unmarked-heading") == _found(text, "unmarked-heading")


@pytest.mark.parametrize(
    "text",
    [
        f"# A heading\n\nOne\n{PROSE}\nTwo\n{PROSE}\n",
        f"One alone\n{PROSE}\n",
        f"Monday\n{PROSE}\nTuesday\n{PROSE}\n",
        f"Ada\n{PROSE}\nBob\n{PROSE}\nAda\n{PROSE}\n",
        f"Dear Ada,\n{PROSE}\nYours\nBob\n",
        "Roses are red\nViolets are blue\nSugar is sweet\nAnd so are you\n",
        f"First line  \n{PROSE}\nSecond line  \n{PROSE}\n",
        f"- One\n  {PROSE}\n- Two\n  {PROSE}\n",
        f"**One**\n{PROSE}\n**Two**\n{PROSE}\n",
        f"One\n\n- a list\n\n{PROSE}\n\nTwo\n\n- a list\n\n{PROSE}\n",
        f"[[One]]\n{PROSE}\n[[Two]]\n{PROSE}\n",
        f"10:30\n{PROSE}\n11:45\n{PROSE}\n",
        f"Anna Smith\n{PROSE}\n\nBob Jones\n{PROSE}\n",
        f"Anna Smith\n{PROSE}\n\nJan van der Berg\n{PROSE}\n\nKey takeaways\n{PROSE}\n",
        f"The river at night\n{PROSE}\n\nWhat the stones said\n{PROSE}\n",
        f"Where did you grow up?\n{PROSE}\n\nWhat did you read then?\n{PROSE}\n",
    ],
)
def test_ordinary_notes_have_no_unmarked_headings(text: str) -> None:
    assert _found(text, "unmarked-heading") == []


@given(st.binary(), st.booleans())
def test_any_bytes_are_read(source: bytes, has_heading: bool) -> None:
    found: list[Defect] = prose.find(source, 0, [], [(0, len(source))], has_heading=has_heading)
    assert all(0 <= defect.span.start <= defect.span.end <= len(source) for defect in found)


@pytest.mark.skipif(not SHARED.exists(), reason="the seeds and vaults are not here")
def test_the_seeds_have_the_headings_a_reader_would_mark_and_real_vaults_have_none() -> None:
    marked = {path.name[:3]: _found(path.read_text("utf-8"), "unmarked-heading") for path in SHARED.glob("seeds/*.txt")}
    assert marked["001"] == [
        *("What is Foundation Model?", "Example", "Why it matters", "Frequently asked questions", "Related terms")
    ]
    assert marked["002"] == [
        *("Foundation Model", "Related Terms", "RAG (Retrieval-Augmented Generation)", "Embeddings"),
        *("Vector Database", "LLM (Large Language Model)", "Fine-Tuning", "Prompt Engineering"),
    ]
    assert not marked["000"] + marked["003"] + marked["004"]
    for path in SHARED.glob("vaults/*/**/*.md"):
        text = path.read_bytes().decode("utf-8", "replace")
        assert _found(text, "unmarked-heading") == [], path
        assert _found(text, "leftover-chat") == [], path
        assert "Templates" in path.parts or _found(text, "template-leftover") == [], path
