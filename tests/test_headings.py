"""A heading stands for the section its author meant, however it is written, and for no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault.kinds.headings import Headings, compared

SCHEMAS = Path(__file__).parents[1] / "schemas"
SEED = Path(__file__).parents[2] / "shared" / "seeds" / "003_5fd44f99150d18fc.txt"


def _shipped(kind: str) -> dict[str, list[str]]:
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    sections = schema["properties"]["sections"]["properties"]
    return {name: section["x-headings"] for name, section in sections.items() if "x-headings" in section}


def _called(*names: str) -> Callable[[], Collection[str]]:
    return lambda: names


def _unasked() -> Collection[str]:
    raise AssertionError("no heading here depends on the note's names")


CONCEPT = Headings(_shipped("concept"))

DISGUISES = [
    "{}",
    "{}:",
    "  {} …  ",
    "**{}**",
    "`{}`",
    "=={}==",
    "_{}_",
    "🧠 {}",
    "👩‍💻 {} 👍🏽",
    "ℹ️ {}",
    "1️⃣ {}",
    "①{}",
    "⚖️{}",
    ":bulb: {}",
    "1. {}",
    "2) {}",
    "1.2.3 {}",
    "03 - {}",
    "IV. {}",
    "a) {}",
    "🧠 1. **{}**",
    "**1.** {}",
    r"1\. {}",
    "{} (in my own words)",
    "[draft] {}",
    "{}（草稿）",
    "{} (see (also) [this])",
    "{} [^1]",
    "[[{}]]",
    "[[Some note#Part|{}]]",
    "[{}](https://example.org/a_(b))",
    "{} ^block-1",
    "{} {{#anchor}}",
    "{} #todo",
    '<span class="x">{}</span>',
    "{} %% to do %%",
    "{} <!-- to do -->",
    "‚úÖ {}",
    "The {}",
]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("kind", ["concept", "source"])
def test_every_shipped_heading_is_known_in_every_disguise(kind: str, disguise: str) -> None:
    table = _shipped(kind)
    headings = Headings(table)
    for section, patterns in table.items():
        for pattern in patterns:
            for name in ("Foundation Model", "Recurrent Neural Network"):
                for heading in (pattern, pattern.upper().replace("{NAME}", "{name}")):
                    text = disguise.format(heading.replace("{name}", name))
                    assert headings.section(text, _called(name)) == section, text


@pytest.mark.parametrize("kind", ["concept", "source"])
def test_no_heading_is_shipped_for_two_sections(kind: str) -> None:
    assert Headings(_shipped(kind)).clashes() == []


@pytest.mark.parametrize(
    ("section", "written"),
    [
        (
            "definition",
            "What it is; What is it?; What does entropy mean?; What entropy means; The definition of entropy; "
            "Entropy: a definition; Entropy - Definition; Formal definition",
        ),
        (
            "why-it-matters",
            "Why does it matter?; Why is it important?; Why it is important; Why it’s important; Why this matters; "
            "Why does entropy matter?; Why is entropy important; The importance of entropy; Motivation; Significance",
        ),
        ("core-ideas", "How does it work?; How entropy works; How does entropy work?; Main ideas"),
        ("real-world", "Real-world applications; Real world examples"),
        (
            "tradeoffs",
            "Drawbacks; Strengths & weaknesses; Limitations and tradeoffs; Risks and limitations; Costs & benefits; "
            "Downsides; Disadvantages",
        ),
        (
            "questions",
            "Open questions / TODO; Open questions & TODOs; My questions; Further questions; Unanswered questions",
        ),
        ("related", "Related; Related topics; Related ideas"),
        ("summary", "TL;DR; TLDR; Key takeaways"),
        ("references", "Bibliography; Literature"),
        (
            None,
            "Intuition; History; Links; In practice; Notes; What it is not; What it is for; What it means for us; "
            "Why it fails; Benefits; Important; Motivated reasoning; Risk management; Definition of done",
        ),
    ],
)
def test_headings_that_people_write_for_a_concept(section: str | None, written: str) -> None:
    for heading in written.split("; "):
        assert CONCEPT.section(heading, _called("Entropy")) == section, heading


@pytest.mark.parametrize(
    ("section", "written"),
    [
        (
            "about",
            "What is this talk about?; What is this paper about?; What is this chapter about?; "
            "What is this book about?; What this book is about; What is it about?; Overview",
        ),
        ("key-concepts", "Key concepts; Highlights; Main ideas"),
        ("explanation", "In my words; My summary"),
        ("questions", "My questions; Open questions / TODO"),
        (None, "Summary; Quotes; About the author; Chapter 1; Critique; Notes"),
    ],
)
def test_headings_that_people_write_for_a_source(section: str | None, written: str) -> None:
    for heading in written.split("; "):
        assert Headings(_shipped("source")).section(heading, _called("Emma")) == section, heading


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trade-offs", "Tradeoffs"),
        ("Trade offs", "Trade–off"),
        ("Tradeoffs & limitations", "Trade-offs / limitations"),
        ("Pros + cons", "Pros and cons"),
        ("Pros, cons", "Pros &amp; cons"),
        ("Definitions", "Definition"),
        ("Summaries", "Summary"),
        ("Analyses", "Analysis"),
        ("Use cases", "Use-case"),
        ("Processes", "Process"),
        ("Statuses", "Status"),
        ("Caches", "Cache"),
        ("Movies", "Movie"),
        ("FAQs", "F.A.Q."),
        ("Expected behaviour", "Expected behavior"),
        ("Data centres", "Data center"),
        ("Modelling", "Modeling"),
        ("Optimisation", "Optimization"),
        ("Optimised", "Optimized"),
        ("Analyse", "Analyze"),
        ("Catalogues", "Catalog"),
        ("Defence", "Defense"),
        ("Licence", "License"),
        ("Judgement", "Judgment"),
        ("Ageing", "Aging"),
        ("Grey areas", "Gray area"),
        ("Archaeology", "Archeology"),
        ("Human-centred", "Human-centered"),
        ("State-of-the-art", "State of the art"),
        ("What’s next?", "What is next"),
        ("Ｄｅｆｉｎｉｔｉｏｎ", "Definition"),
        ("𝐃𝐞𝐟𝐢𝐧𝐢𝐭𝐢𝐨𝐧", "Definition"),
        ("De\u0301finition", "D\xe9finition"),
        ("GRÖSSE", "Größe"),
        ("1.定義", "定義"),
    ],
)
def test_two_ways_to_write_it_are_one_heading(one: str, other: str) -> None:
    assert Headings({"it": [one]}).section(other, _unasked) == "it"
    assert Headings({"it": [other]}).section(one, _unasked) == "it"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Important", "Importance"),
        ("Scope and Definition", "Definition"),
        ("Definition of done", "Definition"),
        ("Counterexample", "Example"),
        ("Risky", "Risks"),
        ("Planes", "Plans"),
        ("Cleanse", "Clean"),
        ("News", "New"),
        ("Daemon", "Demon"),
        ("Four", "For"),
        ("Filling", "Filing"),
        ("Horse", "Hors"),
        ("5 whys", "Whys"),
        ("2024 summary", "Summary"),
        ("3D rendering", "Rendering"),
        ("2-step process", "Process"),
        ("Vitamin A", "Vitamin"),
        ("A/B testing", "B testing"),
        ("Version 3.5", "Version 35"),
        ("Civil. Law", "Law"),
        ("Définition", "Definition"),
        ("Schön", "Schon"),
        ("परिभाषा", "परभष"),
        ("定义", "定義"),
        ("Step 3: Summary", "Summary"),
    ],
)
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    assert Headings({"it": [other]}).section(one, _unasked) is None
    assert Headings({"it": [one]}).section(other, _unasked) is None


@pytest.mark.parametrize(
    "heading", ["Abwägungen", "Größe", "定義", "تعريف", "परिभाषा", "Определение", "Ορισμός", "นิยาม"]
)
@pytest.mark.parametrize("disguise", ["{}", "🧠 1. **{}**", "{}:", "[[x|{}]]"])
def test_a_heading_in_another_language_is_equal_to_itself(heading: str, disguise: str) -> None:
    headings = Headings({"other": ["Beispiel", "例"], "it": [heading]})
    assert headings.section(disguise.format(heading), _unasked) == "it"


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("What is a foundation model?", "Foundation Model"),
        ("What are Foundation Models?", "Foundation Model"),
        ("What's a foundation model", "Foundation Models"),
        ("✅ Definition: Foundation Model", "Foundation Model"),
        ("What **[[Foundation Model|foundation models]]** mean", "Foundation Model"),
        ("What is an RNN?", "Recurrent Neural Network (RNN)"),
        ("What is a recurrent neural network?", "Recurrent Neural Network (RNN)"),
        ("What is a Recurrent Neural Network (RNN)?", "Recurrent Neural Network (RNN)"),
        ("What is retrieval-augmented generation?", "RAG (Retrieval-Augmented Generation)"),
        ("What is RAG (Retrieval-Augmented Generation)?", "RAG"),
        ("Vitamin A means", "Vitamin A"),
        ("Definition: Vitamin A", "Vitamin A"),
        ("What is 1. FC Köln?", "1. FC Köln"),
        ("What is a foundation model?", "🧠 1. Foundation Models ^top"),
        ("What is an AND gate?", "AND gate"),
        ("What is The Who?", "The Who"),
        ("What are GPUs?", "GPU"),
        ("What are APIs?", "API"),
        ("What is Estoppel?", "202401020300 Estoppel"),
        ("What is estoppel in law?", "20240102-estoppel-in-law"),
        ("What is an estoppel?", "2024-01-02 Estoppel"),
        ("What is an estoppel?", "2024-01-02T1530 - Estoppels (law)"),
        ("What is Estoppel?", "Estoppel 20240102030000"),
        ("What is 202401020300 Estoppel?", "202401020300 Estoppel"),
        ("What is 2024-01-02?", "2024-01-02"),
    ],
)
def test_a_name_is_recognised_as_any_heading_is(heading: str, name: str) -> None:
    headings = Headings({"definition": ["Definition: {name}", "What is {name}", "{name} means", "What {name} means"]})
    assert headings.section(heading, _called("Something else", name)) == "definition"


def test_another_notes_name_and_a_remark_in_brackets_are_no_name() -> None:
    assert CONCEPT.section("What is a transformer?", _called("Foundation Model")) is None
    assert CONCEPT.section("What is programming?", _called("API (programming)")) is None
    assert CONCEPT.section("What is", _called("Foundation Model", "")) is None
    assert CONCEPT.section("What is 1984?", _called("1984 Orwell", "20240102 1984", "Orwell 1984")) is None
    assert CONCEPT.section("What is Orwell?", _called("1984 Orwell")) is None


def test_a_pattern_may_be_the_name_alone_or_have_it_twice() -> None:
    headings = Headings({"lead": ["{name}"], "against": ["{name} or not {name}"]})
    assert headings.section("## The **Foundation Models**", _called("Foundation Model")) == "lead"
    assert headings.section("LoRA or not LoRA?", _called("LoRA")) == "against"
    assert headings.section("Modality", _called("Foundation Model")) is None


def test_the_names_are_asked_for_only_where_they_decide() -> None:
    for heading in ("Definition", "Modality", "What happens next", "Why it matters"):
        CONCEPT.section(heading, _unasked)


def test_a_plain_heading_comes_before_a_name() -> None:
    headings = Headings({"lead": ["{name}"], "summary": ["Summary"]})
    assert headings.section("Summary", _called("Summary")) == "summary"


def test_of_two_sections_with_one_heading_the_first_has_it() -> None:
    headings = Headings(
        {
            "tradeoffs": ["Tradeoffs", "Trade-offs", "Why {name}"],
            "costs": ["Costs", "🧠 Trade offs", "Why the {name}?", "The cost"],
        }
    )
    assert headings.section("Trade-off", _unasked) == "tradeoffs"
    assert headings.clashes() == [("tradeoffs", "costs", "🧠 Trade offs"), ("tradeoffs", "costs", "Why the {name}?")]


@pytest.mark.parametrize("text", ["", " ", "🧠", "...", "**", "[]", "()", "<br>"])
def test_a_heading_without_words_is_no_section(text: str) -> None:
    assert compared(text) == ""
    assert Headings({"it": [text, "🎯"], "lead": ["{name}"]}).section(text, _called("", text)) is None


def test_a_heading_in_brackets_altogether_is_no_remark() -> None:
    assert Headings({"it": ["In my own words"]}).section("(In my own words)", _unasked) == "it"


@pytest.mark.skipif(not SEED.exists(), reason="the seeds are not here")
def test_the_sections_of_a_real_note_are_found() -> None:
    lines = [line for line in SEED.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    found = [CONCEPT.section(line.lstrip("# "), _called("Foundation Model")) for line in lines]
    assert found == [None, "definition", None, None, "summary", None, None, None, "example", None, "summary"]


# -- what holds always ------------------------------------------------------------------------------------------------

WORD = st.text(st.sampled_from("abcdefghijklmnoprstuyäöéжя定"), min_size=1, max_size=12)
TITLE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
MARK = st.sampled_from(["🧠 ", "✅", "⚖️ ", "👩‍💻", "! ", "… ", " — ", "«", "**", "? ", ""])


@given(st.text())
def test_any_text_can_be_compared(text: str) -> None:
    compared(text)
    CONCEPT.section(text, _called(text))


@given(st.text(st.sampled_from("[]()|!<>*`_#^{}%\\:&;1.aB \n'é‚úÖ🧠\ud800")))
def test_no_markup_is_too_broken_to_be_compared(text: str) -> None:
    compared(text)
    CONCEPT.section(text, _called(text))


@given(TITLE)
def test_what_was_compared_is_compared_as_it_is(title: str) -> None:
    assert compared(compared(title)) == compared(title)


@given(TITLE, MARK, MARK)
def test_case_emoji_and_punctuation_do_not_matter(title: str, before: str, after: str) -> None:
    assert compared(f"{before}{title.upper()}{after}") == compared(title)


@given(st.dictionaries(WORD, st.lists(TITLE, max_size=3), max_size=4))
def test_a_heading_of_the_table_stands_for_its_section_or_is_claimed_by_one_before(table: dict[str, list[str]]) -> None:
    headings = Headings(table)
    earlier = {(other, heading): section for section, other, heading in headings.clashes()}
    for section, patterns in table.items():
        for heading in patterns:
            assert headings.section(heading, _unasked) == earlier.get((section, heading), section)


@given(TITLE.filter(lambda title: set(title.split()) != {"a"}))
def test_a_name_stands_where_the_pattern_has_it(name: str) -> None:
    headings = Headings({"it": ["What is {name}", "{name} means", "Why {name} matters"]})
    for heading in (f"What is {name}?", f"{name} means", f"Why {name} matters"):
        assert headings.section(heading, _called(name)) == "it"


@pytest.mark.parametrize("char", "a([{!<%*`#:&1 é🧠‚_=~^|\\'")
def test_a_heading_of_a_megabyte_is_compared_by_its_beginning(char: str) -> None:
    text = char * 1_000_000
    assert compared(text) == compared(text[:300])
    assert CONCEPT.section(text, _called(text)) is None
