"""Search without a server: what its scripts hold, and that pages and publisher cut words in the same way."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault import config, markdown
from fmvault.cli.options import known_names
from fmvault.config import SiteSettings
from fmvault.kinds.concepts import Terms
from fmvault.publish import search as package
from fmvault.publish.published import Published, project
from fmvault.publish.search import search
from fmvault.publish.search.index import packed
from fmvault.publish.search.scripts import script, share, shares
from fmvault.publish.search.words import LONGEST, beginning, counted, words
from fmvault.publish.task import Task
from fmvault.vault import Vault

HERE = Path(__file__).parent
SITE = HERE.parent / "site"
CASES: list[dict[str, Any]] = json.loads((HERE / "search/words.json").read_text("utf-8"))
# A vault in many scripts, and the scripts that are made of it: what `site/tests/search.spec.ts` searches.
NOTES: dict[str, str] = json.loads((HERE / "search/notes.json").read_text("utf-8"))
NOTES |= {f"More/Filler {number}.md": "One of many that all say the same." for number in range(25)}
MADE = HERE / "search/scripts.json"
LEADS = {
    "Concepts/Transformer.md": "A network built of self-attention, without recurrence.",
    "Lamps/Glow.md": "What comes from a lantern.",
}


def published(files: Mapping[str, str], **settings: object) -> Published:
    notes = [markdown.parse(path, text.encode(), keep_text=True) for path, text in files.items()]
    concepts = Terms(config.Config(known=known_names()), lambda path: b"").of(Vault(notes, files))
    wanted = msgspec.convert(settings, SiteSettings)
    return project(concepts, files, wanted, title="Vault", read=lambda path: files[path].encode())


def value(content: bytes) -> tuple[str, Any]:
    """What a script hands over, and under which name."""
    match = re.fullmatch(r"fmvaultData\((\"[a-z0-9-]+\"),(.*)\);\n", content.decode(), re.DOTALL)
    assert match
    return json.loads(match[1]), json.loads(match[2])


def made(tasks: Sequence[Task]) -> dict[str, Any]:
    """What the scripts of all tasks hand over, by name."""
    found = {}
    for task in tasks:
        name, told = value(task.make())
        assert task.address == f"data/{name}.js"
        found[name] = told
    return found


def scripts(files: Mapping[str, str], leads: Mapping[str, str] | None = None, **settings: object) -> dict[str, Any]:
    return made(search(published(files, **settings), leads or {}))


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["of"] for case in CASES])
def test_a_text_is_cut_into_words(case: Mapping[str, Any]) -> None:
    assert words(case["text"]) == case["words"]


@given(st.text() | st.lists(st.sampled_from(["大模型", "模型", "型", "é", "e", "a_e", "ß"]), max_size=6).map(" ".join))
def test_words_are_counted_as_they_are_cut(text: str) -> None:
    assert counted(text) == Counter(words(text))


@given(st.text())
def test_no_word_is_empty_long_or_has_a_sign_that_means_something_elsewhere(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= LONGEST
        assert not set(word) & set(" _<>&\"'\\\n\u2028\u2029")
        assert word.startswith(beginning(word))


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x2FF), min_size=1))
def test_case_makes_no_difference_to_latin_words(text: str) -> None:
    # What has no capital of its own is left out: its capital is another letter.
    kept = "".join(letter for letter in text if letter.upper().lower() == letter or letter.lower().upper() == letter)
    assert words(kept.lower()) == words(kept)


def _program() -> list[str]:
    """How node is told to cut texts by the page's own words.ts; the texts come as JSON."""
    esbuild, node = SITE / "node_modules/.bin/esbuild", shutil.which("node")
    if node is None or not esbuild.exists():
        pytest.skip("node, or what it needs, is not installed")
    code = 'import { words } from "./src/search/words"; import { readFileSync } from "node:fs";'
    code += 'console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(words)));'
    command = [str(esbuild), "--bundle", "--platform=node", "--format=cjs", "--log-level=error"]
    bundled = subprocess.run(command, cwd=SITE, input=code, capture_output=True, text=True, check=True).stdout
    return [node, "-e", bundled]


def test_pages_cut_words_as_the_publisher_does() -> None:
    # Of characters that are newer than Python's tables, or node's, neither knows what the other does.
    known = [chr(code) for code in range(0x30000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    near = [each for each in known if each < "\u3200"]
    chance = random.Random(5)
    texts = [case["text"] for case in CASES]
    texts += [f"a{each}b" for each in near]
    texts += ["".join(chance.choices(near, k=chance.randint(1, 30))) for _ in range(4000)]
    texts += ["".join(chance.choices(known, k=12)) for _ in range(2000)]
    done = subprocess.run(_program(), input=json.dumps(texts), capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert [(text, cut) for text, cut in zip(texts, told, strict=True) if cut != words(text)] == []


# -- what scripts are --------------------------------------------------------------------------------------------------


@given(
    st.recursive(
        st.text() | st.integers(-(2**50), 2**50), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_script_is_json_that_can_end_no_element_and_no_line(told: Any) -> None:
    content = script("name", told)
    assert value(content) == ("name", told)
    assert not {"<", "\u2028", "\u2029"} & set(content.decode())


@pytest.mark.parametrize(
    ("notes", "each", "most", "count"), [(0, 8, 4, 1), (8, 8, 4, 1), (9, 8, 4, 2), (33, 8, 4, 4), (10**6, 8, 4, 4)]
)
def test_shares_are_a_power_of_two(notes: int, each: int, most: int, count: int) -> None:
    assert shares(notes, each, most) == count


def test_a_share_is_told_by_crc_32() -> None:
    # CRC-32's check value: of "123456789" it is 0xCBF43926.
    assert share("123456789", 1 << 32) == 0xCBF43926
    assert share("123456789", 16) == 6


# -- what is in them ---------------------------------------------------------------------------------------------------


def test_the_index_of_titles_is_as_minisearch_reads_it() -> None:
    files = {"In/A b.md": "---\naliases: [Bee]\ntags: [x/y]\n---\n# Big B\n", "C.md": "Text", "D.canvas": "{}"}
    found = scripts(files)["search"]
    assert found["groups"] == found["parts"] == found["texts"] == 1
    assert found["titles"] == {
        "documentCount": 3,
        "nextId": 3,
        "documentIds": {"0": "c.html", "1": "d.canvas.html", "2": "in/a-b.html"},
        "fieldIds": {"title": 0, "name": 1, "tag": 2},
        "fieldLength": {"0": [1, 0, 0], "1": [2, 0, 0], "2": [2, 3, 2]},
        "averageFieldLength": [1.667, 1.0, 0.667],
        "storedFields": {
            # Four bytes: 1.25 to the power of 6 is 3.8.
            "0": {"title": "C", "size": 6},
            "1": {"title": "D.canvas", "size": 3, "kind": "canvas"},
            # Eight bytes: 1.25 to the power of 9 is 7.5.
            "2": {"title": "Big B", "size": 9, "folder": "In", "names": ["A b", "Bee"]},
        },
        "dirtCount": 0,
        "index": [
            ["a", {"1": {"2": 1}}],
            ["b", {"0": {"2": 1}, "1": {"2": 1}}],
            ["bee", {"1": {"2": 1}}],
            ["big", {"0": {"2": 1}}],
            ["c", {"0": {"0": 1}}],
            ["canvas", {"0": {"1": 1}}],
            ["d", {"0": {"1": 1}}],
            ["x", {"2": {"2": 1}}],
            ["y", {"2": {"2": 1}}],
        ],
        "serializationVersion": 2,
    }


def test_words_of_texts_are_filed_by_heading_definition_and_text() -> None:
    files = {"A.md": "One two two.\n\n# Two\n\n```py\nthree = `4`\n```\n", "B.md": "One [[A|link]] ![[A]]"}
    found = scripts(files, {"B.md": "One"})["search-0-00"]
    assert found == [
        ["4", {"2": {"0": 1}}],
        ["link", {"2": {"1": 1}}],
        ["one", {"1": {"1": 1}, "2": {"0": 1, "1": 1}}],
        ["three", {"2": {"0": 1}}],
        ["two", {"0": {"0": 1}, "2": {"0": 3}}],
    ]


def _standing(entries: Sequence[tuple[str, Mapping[str, Sequence[int]]]], note: int = 0) -> dict[str, list[int]]:
    """At which places each word stands in a note."""
    return {word: list(accumulate(notes[str(note)])) for word, notes in entries if str(note) in notes}


def test_places_of_words_follow_one_another_but_not_from_a_heading_to_its_text() -> None:
    found = scripts({"A.md": "One two two.\n\n# Two\n\nthree\n\nfour", "B.md": "two `a_b` 模型"})["places-0-00"]
    # Nothing stands above the first text, whose place is empty as those between texts are.
    assert _standing(found) == {"one": [1], "two": [2, 3, 5], "three": [7], "four": [8]}
    assert _standing(found, 1) == {"two": [1], "a": [2], "b": [3], "模型": [4], "型": [5]}
    assert dict(found)["two"] == {"0": [2, 1, 2], "1": [1]}


@given(st.text(alphabet="ab é模\n#*`[]|_-> ~$<>=^%", max_size=200))
def test_the_words_that_excerpts_show_have_neighbouring_places(text: str) -> None:
    found = scripts({"A.md": text})
    standing = _standing(found["places-0-00"])
    for shown in (shown for _, *texts in found["text-00"]["a.html"] for shown in texts):
        cut = words(shown)
        assert not cut or any(
            all(start + at in standing[word] for at, word in enumerate(cut)) for start in standing[cut[0]]
        )


def test_words_that_others_may_stand_within_are_listed() -> None:
    files = {"A.md": "attention, attend: be BEES 2017 gpt4 模型 cat\n\n# Attic", "B.md": "Attend"}
    assert scripts(files)["words-0"] == "0attend 5tion 3ic 0bees 0gpt4"
    assert scripts({"A.md": "cat"})["words-0"] == ""


@given(st.sets(st.text(alphabet="abc𐐨", min_size=1, max_size=LONGEST)))
def test_packed_words_can_be_unpacked(known: set[str]) -> None:
    found = [""]
    for each in packed(sorted(known)).split():
        found.append(found[-1][: int(each[0], 36)] + each[1:])
    assert found[1:] == sorted(known)


def test_tags_are_told_with_the_notes_that_have_them() -> None:
    files = {"A.md": "#x/y and #z", "B.md": "---\ntags: [z, z]\n---\n", "C.md": "no tag"}
    assert scripts(files)["search"]["tags"] == [["x/y", [0]], ["z", [0, 1]]]


def test_texts_are_kept_by_section_with_the_ids_of_headings() -> None:
    files = {"A.md": "# T\n\nIntro\n  goes *on*.\n\n## Same\n\n- a\n- b\n\n## Same\n\n## `x` [[B]]\n\nEnd\n"}
    assert scripts(files)["text-00"] == {
        "a.html": [["t", "T", "Intro goes on."], ["same", "Same", "a b"], ["same-1", "Same", ""], ["x-b", "x B", "End"]]
    }


def test_of_a_long_text_no_more_is_kept_than_excerpts_need() -> None:
    kept = scripts({"A.md": "word " * 20_000})["text-00"]["a.html"]
    assert len(kept[0][2]) == 30_000
    assert scripts({"A.md": "word " * 20_000})["search-0-00"] == [["word", {"2": {"0": 20_000}}]]


def test_of_many_headings_no_more_are_kept_than_excerpts_need() -> None:
    assert len(scripts({"A.md": "## H\n\nt\n\n" * 1000})["text-00"]["a.html"]) == 300


@given(st.text(alphabet="ab é模\n#*`[]|_-> ~$<>=^%", max_size=200))
def test_whatever_excerpts_show_can_be_found(text: str) -> None:
    found = scripts({"A.md": text})
    known = {word for word, fields in found["search-0-00"] if "2" in fields}
    told = found["text-00"]["a.html"]
    assert {word for _, heading, text in told for word in (*words(heading), *words(text))} == known


def test_a_preview_has_the_definition_or_the_first_paragraph() -> None:
    files = {
        "A.md": "# Title\n\n> [!note] Hint\n\nFirst **one**.\n\nSecond.",
        "B.md": "Text",
        "C.md": "",
        "D.md": "w " * 400,
    }
    found = scripts(files, {"B.md": "What it is."})
    assert found["previews"] == 1
    assert found["preview-00"]["b.html"] == ["B", "", "What it is."]
    assert found["preview-00"]["a.html"] == ["Title", "", "Hint"]
    assert found["preview-00"]["c.html"] == ["C", "", ""]
    assert len(found["preview-00"]["d.html"][2]) <= 300
    assert found["preview-00"]["d.html"][2].endswith("w…")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# One\n", "One"),
        ("---\ntitle: Said\n---\nText", "Said"),
        ("Text\n\n# Below\n", "A"),
        ("# One\n\n# Two\n", "A"),
    ],
)
def test_a_note_is_called_as_on_its_page(text: str, title: str) -> None:
    found = scripts({"A.md": text})
    assert found["preview-00"]["a.html"][0] == title
    assert found["search"]["titles"]["storedFields"]["0"]["title"] == title


def test_a_title_that_is_hidden_by_the_settings_changes_all_that_tells_it() -> None:
    files = {"A.md": "---\ntitle: Canary\n---\nText"}
    open_, hidden = (search(published(files, hidden_properties=names), {}) for names in ([], ["title"]))
    told = {task.address: task for task in open_}
    for task in hidden:
        assert b"Canary" not in task.make()
        if b"Canary" in told[task.address].make():
            assert task.digest != told[task.address].digest


def test_the_catalogue_is_handed_on_as_far_as_search_says_it() -> None:
    tasks = search(published({"A.md": ""}), {}, {"search_none": "Nichts", "home": "Start"})
    assert made(tasks)["search"]["said"] == {"search_none": "Nichts"}


def test_a_site_that_is_not_to_be_searched_has_previews_alone() -> None:
    assert set(scripts({"A.md": "Text"}, search=False)) == {"previews", "preview-00"}


def test_a_vault_without_notes_can_be_searched() -> None:
    assert scripts({})["search"]["titles"]["documentCount"] == 0


def test_what_is_not_published_is_in_no_script() -> None:
    files = {
        "A.md": "---\nsecret: canary\ntags: [seen]\n---\nText %% canary %% [[Canary note]] <!-- canary -->\n",
        "Canary note.md": "---\ndraft: true\n---\ncanary",
        "Canary/B.md": "canary",
    }
    of = published(files, private=["Canary/"], hidden_properties=["secret"])
    told = b"".join(task.make() for task in search(of, {}))
    assert b"seen" in told
    assert b"canary" not in told.lower()


def test_hidden_tags_and_aliases_are_in_no_script() -> None:
    files = {"A.md": "---\ntags: [canary]\naliases: [Canary]\n---\nText"}
    of = published(files, hidden_properties=["tags", "aliases"])
    assert not any(b"canary" in task.make().lower() for task in search(of, {}))


# -- building anew -----------------------------------------------------------------------------------------------------


def _vault(count: int) -> dict[str, str]:
    return {f"Note {number}.md": f"word{number} common\n\n## Heading {number % 7}\n\nMore." for number in range(count)}


def _changed(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    before, after = ({task.address: task for task in search(published(files), {})} for files in (one, other))
    changed = {address for address in after if address not in before or before[address].digest != after[address].digest}
    for address in before.keys() & after.keys() - changed:
        assert before[address].make() == after[address].make()
    return changed


def test_a_changed_text_touches_one_group_and_one_share() -> None:
    files = _vault(300)
    changed = _changed(files, {**files, "Note 7.md": "word7 uncommon\n\n## Heading 0\n\nMore."})
    # 300 notes are in two groups, in eight parts, in 64 shares of texts.
    assert len([address for address in changed if re.match(r"data/search-[01]-", address)]) == 8
    assert len({address[:13] for address in changed if address.startswith("data/search-")}) == 1
    assert len([address for address in changed if re.match(r"data/places-[01]-", address)]) == 8
    assert len([address for address in changed if address.startswith("data/words-")]) == 1
    assert len([address for address in changed if address.startswith("data/text-")]) == 1
    assert len([address for address in changed if address.startswith("data/preview-")]) == 1
    # A word of much the same length: all that is told of the note besides is as it was.
    assert "data/search.js" not in changed


def test_a_new_note_changes_the_titles_and_its_own_shares() -> None:
    files = _vault(300)
    changed = _changed(files, {**files, "Note 300.md": "word300"})
    assert "data/search.js" in changed
    assert len([address for address in changed if address.startswith("data/text-")]) == 1
    assert len({address[:13] for address in changed if address.startswith("data/search-")}) == 1


@pytest.mark.parametrize(
    "text", ["word7 common\n\n## Heading 0\n\nMore.\n\n# Last", "---\naliases: [Seven]\n---\nword7", "# Title\n", ""]
)
def test_whatever_changes_scripts_changes_their_digests(text: str) -> None:
    files = _vault(20)
    assert _changed(files, {**files, "Note 7.md": text})


def test_the_same_vault_makes_the_same_scripts_in_whatever_order_it_is_read() -> None:
    one, other = (search(published(dict(order)), LEADS) for order in (NOTES.items(), reversed(NOTES.items())))
    assert [(task.address, task.digest, task.make()) for task in one] == [
        (task.address, task.digest, task.make()) for task in other
    ]


def test_all_groups_and_parts_together_have_every_word_of_every_note() -> None:
    files = _vault(300)
    of = published(files)
    found = made(search(of, {}))
    facts = found["search"]
    assert (facts["groups"], facts["parts"], facts["texts"], found["previews"]) == (2, 8, 64, 8)
    addresses = sorted(of.addresses[path] for path in files)
    groups = [[each for each in addresses if share(each, 2) == group] for group in range(2)]
    told: dict[str, set[str]] = {address: set() for address in addresses}
    for group in range(2):
        for part in range(8):
            for word, fields in found[f"search-{group}-{part:02x}"]:
                assert share(beginning(word), 8) == part
                for number in fields["2"]:
                    told[groups[group][int(number)]].add(word)
    for number in range(300):
        assert told[f"note-{number}.html"] == {f"word{number}", "common", "heading", f"{number % 7}", "more"}
        address = f"note-{number}.html"
        assert address in found[f"text-{share(address, 64):02x}"]
        assert address in found[f"preview-{share(address, 8):02x}"]


# -- what pages are tested with ----------------------------------------------------------------------------------------


def _fixture(patch: pytest.MonkeyPatch) -> str:
    # Few notes, but divided as those of a large vault are.
    for name, value in {"_GROUP": 8, "_PART": 6, "_TEXT": 4, "_PREVIEW": 8}.items():
        patch.setattr(package, name, value)
    tasks = search(published(NOTES), LEADS, {"search_more": "More results"})
    return json.dumps({task.address: task.make().decode() for task in tasks}, ensure_ascii=False, indent=1) + "\n"


def test_pages_are_tested_with_what_is_made_now(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MADE.read_text("utf-8") == _fixture(monkeypatch), "write it anew: python -m tests.test_search"


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patched:
        sys.exit(MADE.write_text(_fixture(patched), "utf-8") == 0)
