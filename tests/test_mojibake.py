"""Wrongly decoded text is found and brought back; what people write in many languages is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault import mojibake
from fmvault.model import Edit, Span
from tests import pages

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "003_5fd44f99150d18fc.txt"


def _read_as(text: str, encoding: str) -> str:
    """The text as it looks once its UTF-8 was read in this encoding; bytes it does not define stay as they are."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode("utf-8"))


def _repaired(text: str) -> str:
    """The text with the fixes of all that is found in it made."""
    source = text.encode("utf-8")
    fixes = [defect.fix for defect in mojibake.find(source) if defect.fix is not None]
    return pages.apply(source, fixes).decode("utf-8")


SENTENCES = [
    "It’s “here” — really… 5 µm, 20 °C, naïve café",
    "✅ Done, ❌ not done, ⚠️ careful, 🧠 think, a → b",
    "Straße, schön, für; garçon, déjà vu, œuvre; mañana, añadió",
    "Zażółć gęślą jaźń, Příliš žluťoučký kůň",
    "Привет, как дела сегодня",
    "Καλημέρα κόσμε",
    "こんにちは世界、日本語のテキスト",
    "Tiếng Việt có nhiều dấu",
]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac_roman"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_read_in_a_wrong_encoding_is_brought_back(sentence: str, encoding: str) -> None:
    wrong = _read_as(sentence, encoding)
    assert mojibake.find(wrong.encode("utf-8"))
    assert _repaired(wrong) == sentence


def test_a_text_read_wrongly_twice_is_brought_back() -> None:
    twice = _read_as(_read_as("It’s a café", "cp1252"), "cp1252")
    assert _repaired(twice) == "It’s a café"


@pytest.mark.parametrize(
    "text",
    [
        "—á, —é; à l’été; « É », «à», „Öö“, “MAÇÔ, IRMÔ, Ü–, „Spaß“, É…",
        "« élan », l’« État », où ? — À Noël… « Ça »",
        "ATATÜRK’ün, İTÜ’de, 5 Å³ und 2 Å², NESTLÉ®, CAFÉ™, GRÖSSE, ÂNGULO, NÃO",
        "∑∂x ≈ √π, √∂, ¬∃x ¬∀y, x ≤ y ≥ z ≠ ∞, ±½, 20 °C, §§ 3–4",
        "Привет, «Всё», Её, РФ”, ПО… Ёлка",
        "Καλημέρα «κόσμε», Γα, Δώς",
        "日本語「テスト」、中文：测试。한국어",
        "├── src\n│   └── a.py\n└── b",
        "✅ 🧠 ❤️ 👩‍💻 🇩🇪 1️⃣",
        "ʃəʊ ˈbɑːθ ðə θɪŋ",
        "Tiếng Việt: Đường, ƯỚC, ẤN ĐỘ; NGÂN",
        "AÁÀÂÄÃĀĂĄǍ aáàâäãāăą",
    ],
)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert mojibake.find(text.encode("utf-8")) == []
    assert _repaired(text) == text


def test_each_run_is_one_defect_whose_fix_replaces_it() -> None:
    source = "é ok, cafÃ© and ‚úÖ".encode()
    first, second = mojibake.find(source)
    start = source.index("Ã©".encode())
    assert first.span == Span(start, start + 4)
    assert first.message == "'Ã©' is text decoded in the wrong encoding; it was 'é'"
    assert first.fix is not None
    assert first.fix.edits == (Edit(first.span, "é"),)
    assert source[second.span.start : second.span.end].decode() == "‚úÖ"


def test_code_is_left_alone() -> None:
    source = "cafÃ© `cafÃ©` cafÃ©".encode()
    start, end = source.index(b"`"), source.rindex(b"`") + 1
    assert len(mojibake.find(source)) == 3
    assert len(mojibake.find(source, [(0, 1), (start, end)])) == 2


def test_a_run_in_quotation_marks_is_an_example() -> None:
    assert mojibake.find('Shown as “Ã©” or "Ã©" or «\xa0Ã©\xa0».'.encode()) == []
    assert len(mojibake.find('icon: "‚úÖ"'.encode())) == 1


def test_a_lost_character_has_no_fix_and_a_byte_order_mark_is_removed() -> None:
    (lost,) = mojibake.find("cafï¿½ x".encode())
    assert lost.fix is None
    assert lost.message.endswith("what it was is lost")
    assert _repaired("cafï¿½ x") == "cafï¿½ x"
    (mark,) = mojibake.find("ï»¿Title".encode())
    assert mark.fix is not None
    assert mark.fix.edits[0].text == ""


def test_one_run_makes_the_doubtful_ones_of_its_text_certain() -> None:
    assert mojibake.find("lÃ\xa0 ou Ã\xa0 Paris".encode())[1:] != []
    assert mojibake.find(" Ã\xa0 ".encode()) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("don?ΓÇÖt", "don?’t"),
        ("donÔÇÖt", "don’t"),
        ("wszystkoĂł", "wszystkoó"),
        ("eÃÅ", "e\u0301"),
        ("naÃ¯ve", "naïve"),
        ("90Â° and 5¬∞C and m¬≤", "90° and 5°C and m²"),
        ("LÃ\xadnea", "Línea"),
        ("√∂ffnen, K√∂ln", "öffnen, Köln"),
        ("z.Â\xa0B.", "z.\xa0B."),
        ("Å³ Å¼e", "Å³ że"),
    ],
)
def test_lone_runs_are_told_by_what_is_beside_them(wrong: str, right: str) -> None:
    assert _repaired(wrong) == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("‚úÖ Definition: Foundation Model", "✅ Definition: Foundation Model"),
        ("cafÃ© and naÃ¯ve", "café and naïve"),
        ("cafï¿½ x", "cafï¿½ x"),
        ("ï»¿Title", "Title"),
        ("✅ 🧠 ❤️ Straße, “É…” und 5 Å³", "✅ 🧠 ❤️ Straße, “É…” und 5 Å³"),
        ("plain", "plain"),
    ],
)
def test_text_is_repaired_and_what_is_lost_or_meant_stays(wrong: str, right: str) -> None:
    assert mojibake.repair(wrong) == right


@given(
    st.one_of(
        st.text(),
        st.text(st.sampled_from("cafÃ©‚úÖï¿½»¿âœ“ xº ")),
        st.builds(_read_as, st.text(), st.sampled_from(["cp1252", "mac_roman"])),
    )
)
def test_repair_does_what_the_fixes_do(text: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    assert mojibake.repair(text) == _repaired(text)


@given(st.text())
def test_spans_lie_on_character_boundaries_and_hold_no_ascii(text: str) -> None:
    source = text.encode("utf-8", "replace")
    for defect in mojibake.find(source):
        run = source[defect.span.start : defect.span.end].decode("utf-8")
        assert run
        assert not any(char.isascii() for char in run)


@given(st.binary())
def test_bytes_that_are_no_text_do_no_harm(source: bytes) -> None:
    for defect in mojibake.find(source):
        assert 0 <= defect.span.start < defect.span.end <= len(source)


@pytest.mark.skipif(not SEED.exists(), reason="the seeds are not here")
def test_all_runs_of_a_real_note_are_found() -> None:
    source = SEED.read_bytes()
    found = mojibake.find(source)
    assert len(found) == 23
    assert len({source.count(b"\n", 0, defect.span.start) for defect in found}) == 18
    assert {defect.fix.edits[0].text for defect in found if defect.fix} == set("✅🧠🧩❌🧰·🎯—🔧")
