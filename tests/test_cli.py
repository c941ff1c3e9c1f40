"""The command line: what is printed, where, and the exit status."""

from __future__ import annotations

import json
import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fmvault import __version__
from fmvault.cli import commands, terminal
from fmvault.cli.place import shown
from fmvault.lint.report import FORMATS
from fmvault.lint.rules import RULES

ROOT = Path(__file__).parents[1]

# Nothing of the machine that runs the tests is to show in them.
PLAIN = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
PLAIN |= {"PYTHONPATH": str(ROOT), "TERM": "xterm"}

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

BROKEN = {"fmvault.toml": "", "a.md": "See [[Entropy]] and [[Nowhere]].\n", "Entropy.md": "All is well.\n"}
WHOLE = {"fmvault.toml": "", "a.md": "See [[Entropy]].\n", "Entropy.md": "All is well.\n"}
FOUND = "a.md:1:21: error [broken-note] no note is named 'Nowhere'\n"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], Path]:
    """Makes a vault of the texts by path, in a folder that is the current one from then on."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def make(files: Mapping[str, str], folder: str = ".") -> Path:
        for path, text in files.items():
            file = tmp_path / folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


Make = Callable[..., Path]


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """``fmvault`` with these arguments, in this process."""
    result = CliRunner().invoke(commands, list(arguments), prog_name="fmvault", input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def concise(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return run("check", "--format", "concise", "-q", *arguments, stdin=stdin)


def start(*arguments: str, **more: object) -> subprocess.Popen[str]:
    """``fmvault`` with these arguments, in a process of its own."""
    command = [sys.executable, "-m", "fmvault", *arguments]
    pipes: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": PLAIN, **more}
    return subprocess.Popen(command, text=True, encoding="utf-8", **pipes)  # type: ignore[call-overload, no-any-return]


# -- findings and the exit status -------------------------------------------------------------------------------------


def test_a_vault_without_findings_ends_with_0(vault: Make) -> None:
    vault(WHOLE)
    result = run("check")
    assert (result.stdout, result.stderr, result.exit_code) == ("No findings in 2 notes, 1 link.\n", "", 0)


def test_findings_end_with_1_in_the_full_format(vault: Make) -> None:
    vault(BROKEN)
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("error[broken-note]: no note is named 'Nowhere'\n --> a.md:1:21\n")
    assert result.stdout.endswith("\nFound 1 error in 2 notes, 2 links.\n")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("", 1),
        ("--exit-zero", 0),
        ("--severity broken-note=warning", 0),
        ("--severity broken-note=warning --fail-on warning", 1),
        ("--severity links=info --fail-on info", 1),
        ("--severity links=info --fail-on warning", 0),
        ("--severity broken-note=off", 0),
        ("--ignore links", 0),
        ("--ignore broken-heading,broken-note", 0),
        ("--ignore broken-heading --ignore broken-note", 0),
        ("--select anchors", 0),
        ("--select anchors --extend-select broken-note", 1),
    ],
)
def test_severity_and_selection_settle_the_exit_status(vault: Make, options: str, status: int) -> None:
    vault(BROKEN)
    assert run("check", *options.split()).exit_code == status


def test_the_configuration_is_in_force_unless_another_is_named_or_none_wanted(vault: Make) -> None:
    vault(BROKEN | {"fmvault.toml": "ignore = ['links']", "other.toml": "format = 'concise'\nplanned = ['Elsewhere']"})
    assert run("check").exit_code == 0
    assert run("check", "--no-config").exit_code == 1
    assert run("check", "-q", "--config", "other.toml").stdout == FOUND
    assert run("check", "-q", "--config", "other.toml", "--format", "jsonl").stdout.startswith("{")


def test_options_of_the_configuration_reach_the_rules(vault: Make) -> None:
    vault(BROKEN | {"fmvault.toml": "planned = ['Nowhere']"})
    assert run("check").exit_code == 0


def test_ignores_by_file_leave_out_what_they_match(vault: Make) -> None:
    vault(BROKEN | {"fmvault.toml": "per-file-ignores = { 'a.*' = ['broken-note'] }", "b.md": "[[Nowhere]]"})
    assert concise().stdout.startswith("b.md:1:1: ")


def test_every_mistake_in_the_configuration_is_told_and_ends_with_2(vault: Make) -> None:
    vault(BROKEN | {"fmvault.toml": "extend = 'base.toml'\nslect = []\n", "base.toml": "ignore = ['link']\n"}, "v")
    result = run("check", "v")
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "v/fmvault.toml:2:1: unknown key 'slect'; did you mean 'select'?",
        "v/base.toml:1:11: unknown rule or family 'link'; did you mean 'links'?",
    ]
    assert result.exit_code == 2


def test_a_failure_of_our_own_ends_with_2_and_a_traceback() -> None:
    code = "import sys, fmvault.__main__, fmvault.cli; del fmvault.cli.commands; fmvault.__main__.main()"
    done = subprocess.run([sys.executable, "-c", code], env=PLAIN, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("Traceback")
    assert done.returncode == 2


# -- misuse -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("chek", "unknown command 'chek'; did you mean 'check'?"),
        ("a.md", "no command 'a.md'; did you mean 'fmvault check a.md'?"),
        ("check --formt json", "unknown option '--formt'; did you mean '--format'?"),
        ("check --format jsn", "unknown format 'jsn'; did you mean 'json'?"),
        ("check --format", "option '--format' requires an argument"),
        ("check --select broken-not", "unknown rule or family 'broken-not'; did you mean 'broken-note'?"),
        ("check --ignore links,achors", "unknown rule or family 'achors'; did you mean 'anchors'?"),
        ("check --extend-select FM012", "unknown rule or family 'FM012'; 'fmvault rules' lists them"),
        ("check --severity links", "'--severity' wants RULE=LEVEL, not 'links'; such as orphan-note=warning"),
        ("check --severity lnks=error", "unknown rule or family 'lnks'; did you mean 'links'?"),
        ("check --severity links=warn", "unknown severity 'warn'; did you mean 'warning'?"),
        ("check --fail-on never", "unknown severity 'never'; there is 'error', 'warning' and 'info'"),
        ("check --color allways", "unknown choice 'allways'; did you mean 'always'?"),
        ("check b.md", "no file or folder 'b.md'"),
        ("check --vault nowhere", "no file or folder 'nowhere'"),
        ("check --vault a.md", "'--vault' wants a folder, and 'a.md' is a file"),
        ("check a.md ..", "'..' is outside the vault '.'"),
        ("check --config nowhere.toml", "cannot read 'nowhere.toml': no such file or directory"),
        ("check --config a.md --no-config", "'--config' and '--no-config' exclude each other"),
        ("check --statistics --format sarif", "'--statistics' has the formats full, concise, grouped, json, not sarif"),
        ("check --watch --stdin-filename a.md", "'--watch' and '--stdin-filename' exclude each other"),
        ("check --stdin-filename .", "'--stdin-filename' wants a file, and '.' is a folder"),
        ("check --output-file no/where.txt", "cannot write 'no/where.txt': it is not there"),
        ("explain broken-nte", "unknown rule 'broken-nte'; did you mean 'broken-note'?"),
        ("explain", "missing argument 'NAME'"),
        ("rules linkz", "unknown family 'linkz'; did you mean 'links'?"),
        ("completion powershell", "unknown shell 'powershell'; there is 'bash', 'zsh' and 'fish'"),
    ],
)
def test_misuse_is_one_line_and_ends_with_2(vault: Make, arguments: str, message: str) -> None:
    vault(WHOLE)
    result = run(*arguments.split())
    assert (result.stdout, result.stderr, result.exit_code) == ("", f"fmvault: {message}\n", 2)


def test_without_a_command_the_help_is_printed_and_ends_with_2() -> None:
    result = run()
    assert result.stderr.startswith("Usage: fmvault")
    assert result.exit_code == 2


def test_what_is_not_tracked_by_git_is_told_in_one_line(vault: Make) -> None:
    vault(WHOLE)
    result = run("check", "--tracked")
    assert result.stderr.count("\n") == 1
    assert "'--tracked' needs one" in result.stderr
    assert result.exit_code == 2


# -- which vault, and what of it --------------------------------------------------------------------------------------


OWN = "[kinds.own]\nmatch = ['*.md']\nschema = 'schemas/own.json'\n"
COMMANDS = [["check"], ["wanted"], ["path", "a"], ["new", "B", "--print"]]


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and symbolic links")
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: str(arguments[0]))
@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("pipe", "it is not a regular file"),
        ("device", "it leads out of the vault"),
        ("link", "it leads out of the vault"),
        ("folder", "it leads out of the vault"),
        ("large", "it is larger than 262,144 bytes"),
        ("nothing", "no such file or directory"),
    ],
)
def test_a_schema_is_a_file_of_the_vault_and_nothing_else(
    vault: Make, tmp_path_factory: pytest.TempPathFactory, arguments: list[str], what: str, reason: str
) -> None:
    here = vault({"fmvault.toml": OWN, "a.md": ""})
    outside = tmp_path_factory.mktemp("outside")
    (outside / "own.json").write_text("secret")
    schema = here / "schemas" / "own.json"
    if what == "folder":
        schema.parent.symlink_to(outside)
    else:
        schema.parent.mkdir()
    if what == "pipe":
        os.mkfifo(schema)
    elif what == "device":
        schema.symlink_to("/dev/zero")
    elif what == "link":
        schema.symlink_to(outside / "own.json")
    elif what == "large":
        with open(schema, "wb") as file:
            file.truncate(1 << 40)
    done = run(*arguments)
    assert (done.stdout, done.exit_code) == ("", 2)
    assert done.stderr == f"fmvault.toml:3:10: 'schemas/own.json' cannot be read: {reason}\n"


def test_a_schema_may_be_a_link_within_the_vault_and_lead_to_no_file_outside(vault: Make) -> None:
    here = vault({"fmvault.toml": OWN, "a.md": "", "mine.json": "{}", "schemas/x": ""}, "v")
    (here / "v" / "schemas" / "own.json").symlink_to("../mine.json")
    assert run("check", "v").exit_code == 0
    vault({"mine.json": '{"$ref": "../outside.json"}', "schemas/up.json": '{"$ref": "../../outside.json"}'}, "v")
    vault({"fmvault.toml": OWN.replace("own.json", "up.json")}, "v")
    vault({"outside.json": "{}"})
    done = run("check", "v")
    assert done.stderr == "v/schemas/up.json:1:10: 'outside.json' cannot be read: it leads out of the vault\n"


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
def test_a_configuration_that_another_extends_is_a_regular_file(vault: Make) -> None:
    here = vault({"fmvault.toml": "extend = 'base.toml'\n", "a.md": ""})
    os.mkfifo(here / "base.toml")
    for command in ("check", "config", "init"):
        done = run(command)
        assert done.stderr == "fmvault.toml:1:10: 'base.toml' cannot be read: it is not a regular file\n"
        assert done.exit_code == 2


@needs_git
def test_a_schema_that_a_clone_would_lack_is_a_mistake_where_only_what_is_tracked_counts(vault: Make) -> None:
    schema = '{"$ref": "part.json"}'
    here = vault({"fmvault.toml": OWN, "a.md": "", "schemas/own.json": schema, "schemas/part.json": "{}"}, "v")

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=here, check=True, capture_output=True)

    git("init", "-q")
    git("add", "v/a.md", "v/fmvault.toml")
    assert run("check", "v").exit_code == 0
    for arguments in (["check", "v"], ["wanted", "v"], ["path", "a", "--vault", "v"]):
        done = run(*arguments, "--tracked")
        assert done.stderr == "v/fmvault.toml:3:10: 'v/schemas/own.json' is not tracked by git; add it\n"
        assert (done.stdout, done.exit_code) == ("", 2)
    git("add", "v/schemas/own.json")
    assert run("check", "v", "--tracked").stderr == (
        "v/schemas/own.json:1:10: 'v/schemas/part.json' cannot be read: it is not tracked by git; add it\n"
    )
    git("add", ".")
    assert run("check", "v", "--tracked").exit_code == 0
    # What a link leads to is lacking too.
    (here / "v" / "schemas" / "part.json").rename(here / "v" / "other.json")
    (here / "v" / "schemas" / "part.json").symlink_to("../other.json")
    git("add", "v/schemas")
    assert "not tracked by git" in run("check", "v", "--tracked").stderr
    git("add", ".")
    assert run("check", "v", "--tracked").exit_code == 0


def test_the_vault_is_looked_for_upward_and_a_path_narrows_the_report(
    vault: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault(BROKEN | {"sub/b.md": "[[a]] [[None]]", "sub/deep/c.md": "[[Nil]]"}, "v")
    assert [line.partition(":")[0] for line in concise("v").stdout.splitlines()] == [
        "v/a.md",
        "v/sub/b.md",
        "v/sub/deep/c.md",
    ]
    assert [line.partition(":")[0] for line in concise("v/sub").stdout.splitlines()] == [
        "v/sub/b.md",
        "v/sub/deep/c.md",
    ]
    assert [line.partition(":")[0] for line in concise("v/a.md", "v/sub/deep").stdout.splitlines()] == [
        "v/a.md",
        "v/sub/deep/c.md",
    ]
    monkeypatch.chdir("v/sub")
    assert [line.partition(":")[0] for line in concise().stdout.splitlines()] == [
        "../a.md",
        "../sub/b.md",
        "../sub/deep/c.md",
    ]
    assert [line.partition(":")[0] for line in concise(".").stdout.splitlines()] == ["../sub/b.md", "../sub/deep/c.md"]


def test_without_any_mark_of_a_vault_the_folder_given_is_it(vault: Make) -> None:
    vault({"v/a.md": "[[b]]", "v/sub/b.md": "", "v/sub/c.md": "[[a]]"})
    assert run("check", "v").exit_code == 0
    assert run("check", "v/sub").exit_code == 1
    # Of several paths it is the folder that holds them all.
    assert run("check", "v/sub/c.md", "v/a.md").exit_code == 0


def test_a_vault_told_outright_is_not_looked_for(vault: Make) -> None:
    vault(BROKEN | {"fmvault.toml": "ignore = ['all']", "sub/b.md": "[[a]]"})
    assert concise().exit_code == 0
    assert concise("--vault", "sub").stdout.startswith("sub/b.md:1:1: ")
    assert concise("--vault", "sub", "sub/b.md").exit_code == 1
    assert concise("--vault", ".").exit_code == 0


def test_a_vault_elsewhere_is_named_as_it_was_given(vault: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = vault(BROKEN, "v")
    (here / "w").mkdir()
    monkeypatch.chdir("w")
    assert concise("../v").stdout == f"../v/{FOUND}"
    assert concise(str(here / "v")).stdout == f"{(here / 'v').resolve().as_posix()}/{FOUND}"
    monkeypatch.chdir("..")
    assert concise(str(here / "v")).stdout == f"v/{FOUND}"
    assert shown(Path("/"), absolute=True).startswith("../")


def test_a_vault_without_notes_is_told_of_and_ends_with_0(vault: Make) -> None:
    vault({"v/picture.png": ""})
    result = run("check", "v")
    assert result.stderr == "warning: there are no notes in 'v'\n"
    assert result.exit_code == 0


def test_a_path_that_is_left_out_is_told_of(vault: Make) -> None:
    vault(BROKEN | {"fmvault.toml": "exclude = ['a.md']"})
    result = run("check", "a.md")
    assert result.stderr == "warning: nothing to report on in 'a.md': hidden, a template, excluded or ignored\n"
    assert result.exit_code == 0


def test_what_cannot_be_read_is_a_warning(vault: Make) -> None:
    here = vault(WHOLE)
    (here / "loop").symlink_to("loop")
    result = run("check")
    assert result.stderr == "warning: loop: cannot be followed: the link leads round in a circle\n"
    assert result.exit_code == 0
    assert run("check", "-qq").stderr == ""


def test_the_text_on_standard_input_stands_for_a_file(vault: Make) -> None:
    vault(BROKEN)
    assert concise("--stdin-filename", "a.md", stdin="[[Entropy]]").exit_code == 0
    # Of the rest of the vault nothing is told, though links lead there.
    assert concise("--stdin-filename", "new/b.md", stdin="[[a]]\n[[Nil]]").stdout == (
        "new/b.md:2:1: error [broken-note] no note is named 'Nil'\n"
    )
    assert concise("--stdin-filename", "b.md", ".", stdin="[[a]]\n[[Nil]]").stdout.count("\n") == 2
    assert concise("--stdin-filename", "Entropy.md", "a.md", stdin=b"\xff[[Nil]]").stdout.count("\n") >= 2


# -- how the report is written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written_and_ends_with_a_line_break(vault: Make, format: str) -> None:
    vault(BROKEN)
    result = run("check", "--format", format)
    assert "Nowhere" in result.stdout
    assert result.stdout.endswith("\n")
    assert result.exit_code == 1


def test_a_report_is_written_to_a_file_without_colours_instead(vault: Make) -> None:
    here = vault(BROKEN)
    result = run("check", "-q", "--format", "concise", "--color", "always", "--output-file", "report.txt")
    assert (result.stdout, result.exit_code) == ("", 1)
    assert (here / "report.txt").read_text("utf-8") == FOUND
    before = (here / "report.txt").stat().st_mtime_ns
    run("check", "-qq", "--format", "concise", "--output-file", "report.txt")
    assert (here / "report.txt").stat().st_mtime_ns == before
    assert sorted(path.name for path in here.iterdir()) == ["Entropy.md", "a.md", "fmvault.toml", "report.txt"]


def test_statistics_count_the_findings_of_each_rule(vault: Make) -> None:
    vault(BROKEN | {"b.md": "[[No]] [[Nay]] [[a#Nothing]]"})
    assert run("check", "--statistics", "-q").stdout == "3  error  broken-note\n1  error  broken-heading\n"
    counts = json.loads(run("check", "--statistics", "--format", "json").stdout)
    assert [(each["rule"], each["count"]) for each in counts["statistics"]] == [
        ("broken-note", 3),
        ("broken-heading", 1),
    ]


def test_quiet_leaves_out_the_summary_and_twice_everything(vault: Make) -> None:
    vault(BROKEN)
    assert run("check", "-q", "--format", "concise").stdout == FOUND
    assert run("check", "-qq", "--format", "concise").output == ""
    assert run("check", "-qq").exit_code == 1


def test_verbose_tells_on_standard_error_what_is_checked(vault: Make) -> None:
    here = vault(BROKEN)
    lines = run("check", "-v", "--select", "broken-note").stderr.splitlines()
    assert lines == [
        f"vault: {here.resolve()}",
        "configuration: fmvault.toml",
        "rules: broken-note",
        "files: 3, notes: 2, reported on: 3",
    ]


@pytest.mark.parametrize(
    ("choice", "environment", "colored"),
    [
        ("auto", {}, False),
        ("always", {}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": ""}, False),
    ],
)
def test_colours_in_a_pipe(
    vault: Make, monkeypatch: pytest.MonkeyPatch, choice: str, environment: dict[str, str], colored: bool
) -> None:
    vault(BROKEN)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("check", "--color", choice).stdout) is colored


def on_terminal(*arguments: str, **environment: str) -> str:
    """What ``fmvault`` prints to a terminal."""
    outer, inner = pty.openpty()
    with start(*arguments, stdout=inner, stderr=inner, env=PLAIN | environment) as process:
        os.close(inner)
        printed = b""
        # A terminal whose other end is closed is an OSError on Linux and an empty read elsewhere.
        try:
            while part := os.read(outer, 4096):
                printed += part
        except OSError:
            pass
        process.wait()
    os.close(outer)
    return printed.decode()


def test_colours_on_a_terminal(vault: Make) -> None:
    vault(BROKEN)
    assert "\x1b[" in on_terminal("check")
    assert "\x1b[" not in on_terminal("check", "--color", "never")
    assert "\x1b[" not in on_terminal("check", NO_COLOR="1")
    assert "\x1b[" not in on_terminal("check", TERM="dumb")


def test_a_terminal_that_lacks_a_character_gets_its_escape(vault: Make) -> None:
    vault({"fmvault.toml": "", "a.md": "[[Pläne]]"})
    assert "Pl\\xe4ne" in on_terminal("check", "--color", "never", PYTHONIOENCODING="ascii")


def test_a_pipe_is_written_in_utf_8_whatever_the_locale(vault: Make) -> None:
    vault({"fmvault.toml": "", "a.md": "[[Pläne]]"})
    with start("check", env=PLAIN | {"PYTHONIOENCODING": "ascii"}) as process:
        printed, _ = process.communicate()
    assert "'Pläne'" in printed


def test_a_reader_that_stops_reading_is_no_mistake(vault: Make) -> None:
    vault({"fmvault.toml": "", "a.md": "[[Nowhere]]\n" * 20_000})
    with start("check") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("error")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_one_line(vault: Make) -> None:
    vault(BROKEN)
    with open("/dev/full", "wb") as full, start("check", stdout=full) as process:
        assert process.stderr is not None
        assert process.stderr.read() == "fmvault: cannot write to standard output: No space left on device\n"
    assert process.returncode == 2


def test_a_bar_shows_how_many_notes_are_read_once_a_second_has_passed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = iter((0.0, 0.5, 1.5))
    monkeypatch.setattr("time.monotonic", lambda: next(seconds, 2.0))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with terminal.progress(True) as progress:
        assert progress is not None
        progress(0, 400)
        assert capsys.readouterr().err == ""
        progress(200, 400)
        progress(400, 400)
        assert "400/400" in capsys.readouterr().err
    with terminal.progress(False) as progress:
        assert progress is None


# -- watching and being interrupted -----------------------------------------------------------------------------------


def test_watching_checks_again_after_a_change_until_interrupted(vault: Make) -> None:
    here = vault(BROKEN)
    with start("check", "--watch", "-q", "--format", "concise", stderr=None) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == FOUND
        changed = False
        while not changed:
            # Watching begins some time after the first report, so one change might be missed.
            (here / "a.md").write_text("[[Nil]]\n", "utf-8")
            changed = _is_readable_within(process.stdout.fileno(), 0.3)
        assert process.stdout.readline() == "a.md:1:1: error [broken-note] no note is named 'Nil'\n"
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0


def test_a_mistake_in_the_configuration_is_waited_out_while_watching(
    vault: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = vault(BROKEN | {"fmvault.toml": "slect = []"})

    def changes(root: Path) -> Iterator[None]:
        (root / "fmvault.toml").write_text("", "utf-8")
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr("fmvault.cli.checking.watch", changes)
    result = concise("--watch", str(here))
    assert result.stderr == "fmvault.toml:1:1: unknown key 'slect'; did you mean 'select'?\n"
    assert (result.stdout, result.exit_code) == (FOUND, 0)


def _is_readable_within(descriptor: int, seconds: float) -> bool:
    from select import select

    return bool(select([descriptor], [], [], seconds)[0])


def test_an_interrupt_ends_with_130_and_no_traceback(vault: Make) -> None:
    here = vault(WHOLE)
    os.mkfifo(here / "pipe.toml")
    with start("check", "--config", "pipe.toml") as process:
        # This waits until it is opened for reading, and then fmvault waits for what is written.
        with open(here / "pipe.toml", "wb"):
            process.send_signal(signal.SIGINT)
            process.wait()
        assert process.stderr is not None
        assert process.stderr.read().strip() == ""
    assert process.returncode == 130


@pytest.mark.parametrize(
    "arguments", [["x" * 300], ["--stdin-filename", "x" * 300 + ".md"], ["--output-file", "x" * 300]]
)
def test_a_name_that_is_too_long_is_told_in_a_line(vault: Make, arguments: list[str]) -> None:
    vault(WHOLE)
    done = run("check", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "name too long" in done.stderr


def test_a_working_folder_that_is_gone_is_told_in_a_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {shlex.quote(str(gone))} && rmdir {shlex.quote(str(gone))} && {sys.executable} -m fmvault check"
    done = subprocess.run(["sh", "-c", script], env=PLAIN, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_what_a_vault_says_of_itself_cannot_steer_the_terminal(vault: Make) -> None:
    vault({**WHOLE, "fmvault.toml": '[severity]\n"\\u001b[31mx" = "off"\n'})
    done = run("check")
    assert done.exit_code == 2
    assert "\x1b" not in done.stderr


def test_an_unknown_option_is_compared_with_options(vault: Make) -> None:
    vault(WHOLE)
    assert "paths" not in run("check", "--bogus").stderr


def test_closed_streams_are_no_mistake(vault: Make) -> None:
    vault(WHOLE)
    command = [sys.executable, "-m", "fmvault", "check", "--stdin-filename", "a.md"]
    script = f"exec {shlex.join(command)} <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", script], env=PLAIN, check=False).returncode == 0


def test_an_interrupt_while_fmvault_starts_ends_with_130_too() -> None:
    code = (
        "import fmvault.cli, fmvault.__main__\n"
        "def main(prog_name, standalone_mode): raise KeyboardInterrupt\n"
        "fmvault.cli.commands.main = main\n"
        "fmvault.__main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], env=PLAIN, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 130)


# -- the other commands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *commands.commands])
def test_every_command_has_help_with_an_example(command: str) -> None:
    short, long = (run(*command.split(), option) for option in ("-h", "--help"))
    assert short.stdout == long.stdout
    assert f"Usage: fmvault {command}".rstrip() in long.stdout
    assert "Example" in long.stdout
    assert f"fmvault {command}" in long.stdout.partition("Example")[2]
    assert long.exit_code == 0


def test_every_option_has_help() -> None:
    for command in commands.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.name}"


def test_the_rules_are_listed_by_family() -> None:
    table = run("rules").stdout
    for rule in RULES:
        assert f"  {rule.name} " in table
    links = run("rules", "links").stdout.splitlines()
    assert links[0] == "links"
    assert len(links) == 1 + sum(rule.family == "links" for rule in RULES)
    assert links[1].split()[:3] == ["broken-note", "error", "fix"]
    assert next(line.split()[1] for line in links if "self-link" in line) == "off"


def test_the_rules_are_listed_as_json() -> None:
    listed = json.loads(run("rules", "--format", "json").stdout)
    assert [rule["name"] for rule in listed] == [rule.name for rule in RULES]
    assert listed[0] | {"doc": "", "summary": ""} == {
        "name": "broken-note",
        "family": "links",
        "since": "0.1",
        "severity": "error",
        "enabled": True,
        "fixable": True,
        "summary": "",
        "doc": "",
        "options": {"planned": []},
    }


def test_a_rule_is_explained_by_its_page() -> None:
    assert run("explain", "broken-note").stdout == RULES[0].page()


def test_the_configuration_in_force_is_printed_with_its_origins(vault: Make) -> None:
    vault({"fmvault.toml": "\ntracked = true\n"}, "v")
    printed = run("config", "v", "--select", "anchors", "--severity", "broken-block=info").stdout
    assert "tracked = true  # v/fmvault.toml:2\n" in printed
    assert 'select = ["anchors"]  # --select\n' in printed
    assert 'broken-heading = "error"  # --select\n' in printed
    assert 'broken-block = "info"  # --select, --severity\n' in printed
    assert 'broken-note = "off"  # --select\n' in printed
    assert tomllib.loads(printed)["fail-on"] == "error"
    assert "tracked = false  # --tracked\n" in run("config", "v", "--no-tracked").stdout
    tree = json.loads(run("config", "v", "--format", "json").stdout)
    assert tree["files"] == ["v/fmvault.toml"]
    assert tree["settings"]["tracked"] == {"value": True, "origin": "v/fmvault.toml:2"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed_with_its_place(shell: str) -> None:
    script = run("completion", shell).stdout
    assert "_FMVAULT_COMPLETE" in script
    assert script.splitlines()[-1].startswith("# Save this as ")
    assert shell != "zsh" or script.startswith("#compdef fmvault\n")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("fmvault exp", "explain"),
        ("fmvault explain broken-n", "broken-note"),
        ("fmvault check --select links,broken-no", "links,broken-note"),
        ("fmvault check --format sa", "sarif"),
        ("fmvault rules anch", "anchors"),
    ],
)
def test_names_are_completed(typed: str, offered: str) -> None:
    words = typed.split()
    asked = {"_FMVAULT_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    with start(env=PLAIN | asked) as process:
        printed, _ = process.communicate()
    assert printed.splitlines() == [f"plain,{offered}"]


# -- what is loaded ---------------------------------------------------------------------------------------------------


def loaded_by(*arguments: str) -> set[str]:
    """The modules that are loaded once ``fmvault`` has run with these arguments."""
    code = (
        f"import os, sys; sys.argv[1:] = {list(arguments)!r}\n"
        "os._exit = sys.exit\n"
        "from fmvault.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=PLAIN, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told_before_anything_is_loaded(option: str) -> None:
    modules = loaded_by(option)
    assert not modules & {"click", "msgspec", "pyromark", "yaml", "fmvault.cli"}
    with start(option) as process:
        assert process.communicate() == (f"fmvault {__version__}\n", "")
    assert run(option).stdout == f"fmvault {__version__}\n"


def test_a_check_loads_only_what_it_uses(vault: Make) -> None:
    vault(WHOLE)
    heavy = {"rich", "tomlkit", "jsonschema", "pathspec", "rapidfuzz", "watchfiles", "networkx", "frontmatter", "ftfy"}
    heavy |= {"sqlite3", "platformdirs"}
    modules = loaded_by("check", "--format", "concise")
    assert "fmvault.lint.run" in modules
    assert not modules & (heavy | {"subprocess", "fmvault.workspace.git", "fmvault.lint.report.sarif"})
