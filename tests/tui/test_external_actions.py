"""An editor is opened, a text is saved; a failure is one line on the screen, and the monitor goes on."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.tui.live_builder import LiveBuilder
from tests.tui.monitor_bench import MonitorBench, monitor_of
from tui_monitor.events import Change, ChangeKind, SessionUpdate, ToolKind
from tui_monitor.tui.external_actions import MAX_NAME

RECORD_ARGUMENTS = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(chr(10).join(sys.argv[2:]))"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A terminal that can be handed over; the steps of each hand-over."""
    steps: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)
    monkeypatch.setattr(HeadlessDriver, "suspend_application_mode", lambda driver: steps.append("suspended"))
    monkeypatch.setattr(HeadlessDriver, "resume_application_mode", lambda driver: steps.append("resumed"))
    return steps


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the file that the agent edited."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    (tmp_path / "quay.py").write_text("a\n")
    return tmp_path


@asynccontextmanager
async def editing(path: str | Path, line: int = 1, cwd: str = "") -> AsyncIterator[MonitorBench]:
    """Run the monitor with the detail of one edit open."""
    live = LiveBuilder()
    if cwd:
        live.apply(SessionUpdate(session=live.state.key, at=live.now, cwd=cwd))
    change = Change(ChangeKind.MODIFY, str(path), "", 1, 1, "", (line, line))
    live.finish(live.start("Edit", ToolKind.EDIT, str(path)), changes=(change,))
    async with monitor_of(live) as at:
        await at.press("enter")
        yield at


def notices(at: MonitorBench) -> list[str]:
    return [notice.message for notice in at.app._notifications]


async def notices_of(at: MonitorBench, count: int = 1) -> list[str]:
    """Return the notices, once there are so many."""
    await at.until(lambda: len(notices(at)) >= count)
    return notices(at)


async def assert_alive(at: MonitorBench) -> None:
    """Check that the screen still reacts to keys."""
    await at.press("question_mark")
    await at.sees("Keys here")
    await at.press("escape")


def fake_editor(monkeypatch: pytest.MonkeyPatch, name: str, record: Path) -> None:
    """Set an editor of this name, which records its arguments."""
    program = record.parent / name
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{RECORD_ARGUMENTS}' '{record}' \"$@\"\n")
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"{program} --wait")


class TestEdit:
    """The key `e`."""

    @pytest.mark.parametrize(
        ("editor", "line", "arguments"),
        [
            ("vim", 7, ["--wait", "+7", "--", "{path}"]),
            ("code", 7, ["--wait", "-g", "{path}:7"]),
            ("hx", 7, ["--wait", "{path}:7"]),
            ("vim", 1, ["--wait", "--", "{path}"]),
            ("ed", 7, ["--wait", "{path}"]),
        ],
    )
    async def test_editor_opens_the_file_at_the_line(
        self,
        terminal: list[str],
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        editor: str,
        line: int,
        arguments: list[str],
    ) -> None:
        fake_editor(monkeypatch, editor, folder / "record.txt")
        async with editing(folder / "quay.py", line) as at:
            await at.press("e")
            await at.until(lambda: terminal == ["suspended", "resumed"])
            assert notices(at) == []
        expected = [word.format(path=folder / "quay.py") for word in arguments]
        assert (folder / "record.txt").read_text().split("\n") == expected

    async def test_relative_path_is_resolved_in_the_session_folder(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake_editor(monkeypatch, "vim", folder / "record.txt")
        async with editing("missing.py") as at:
            await at.press("e")
            assert await notices_of(at) == ["/home/ada/harbour/missing.py does not exist any more."]
            assert terminal == []

    @pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
    async def test_path_that_is_no_regular_file_is_not_opened(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        fake_editor(monkeypatch, "vim", folder / "record.txt")
        os.mkfifo(folder / "pipe")
        path = {"folder": folder, "pipe": folder / "pipe", "device": Path("/dev/zero")}[kind]
        async with editing(path) as at:
            await at.press("e")
            (notice,) = await notices_of(at)
            assert notice.endswith("is not a file.")
            assert terminal == []

    async def test_relative_session_folder_is_that_of_the_program(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake_editor(monkeypatch, "vim", folder / "record.txt")
        (folder / "-c:!touch PWNED").touch()
        async with editing("-c:!touch PWNED", cwd=".") as at:
            await at.press("e")
            await at.until(lambda: terminal == ["suspended", "resumed"])
        assert (folder / "record.txt").read_text().split("\n") == ["--wait", "--", f"{folder}/-c:!touch PWNED"]

    @pytest.mark.parametrize(("script", "failure"), [("exit 3", "status 3"), ("kill -9 $$", "signal 9")])
    async def test_editor_that_fails_is_reported(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, failure: str
    ) -> None:
        (folder / "ed").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "ed").chmod(0o755)
        monkeypatch.setenv("EDITOR", str(folder / "ed"))
        async with editing(folder / "quay.py") as at:
            await at.press("e")
            (notice,) = await notices_of(at)
            assert notice.endswith(f"{failure}.")
            assert terminal == ["suspended", "resumed"]
            await assert_alive(at)

    @pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT"])
    async def test_interrupt_of_the_editor_does_not_end_the_monitor(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (folder / "ed").write_text(f"#!/bin/sh\nkill -{name[3:]} $PPID\n")
        (folder / "ed").chmod(0o755)
        monkeypatch.setenv("EDITOR", str(folder / "ed"))
        async with editing(folder / "quay.py") as at:
            await at.press("e")
            await at.until(lambda: terminal == ["suspended", "resumed"])
            await assert_alive(at)

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
    async def test_no_signal_is_blocked_in_the_editor(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "ed").write_text(f"#!/bin/sh\ngrep SigBlk /proc/self/status > {folder}/record.txt\n")
        (folder / "ed").chmod(0o755)
        monkeypatch.setenv("EDITOR", str(folder / "ed"))
        async with editing(folder / "quay.py") as at:
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGSEGV,))
            await at.press("e")
            await at.until(lambda: terminal == ["suspended", "resumed"])
            assert signal.pthread_sigmask(signal.SIG_SETMASK, mask) == mask | {signal.SIGSEGV}
        assert int((folder / "record.txt").read_text().split()[1], 16) == 0

    @pytest.mark.parametrize("command", ["no-such-editor", "./quay.py", "/"])
    async def test_editor_that_cannot_be_started_is_reported_and_the_screen_returns(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
    ) -> None:
        monkeypatch.setenv("EDITOR", command)
        async with editing(folder / "quay.py") as at:
            await at.press("e")
            (notice,) = await notices_of(at)
            assert terminal == ["suspended", "resumed"]
            assert notice.startswith(f"{command} cannot be started: ")
            await assert_alive(at)

    async def test_unclosed_quotation_in_the_editor_command_is_reported(
        self, terminal: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VISUAL", "vim 'x")
        async with editing(folder / "quay.py") as at:
            await at.press("e")
            assert await notices_of(at) == ["The editor command in VISUAL or EDITOR is invalid: No closing quotation."]
            assert terminal == []
            await assert_alive(at)

    @pytest.mark.parametrize("name", ["x" * 300, "/".join(["folder"] * 1000)])
    async def test_path_that_is_too_long_is_reported_in_one_line(
        self, terminal: list[str], folder: Path, name: str
    ) -> None:
        async with editing(folder / name) as at:
            await at.press("e")
            (notice,) = await notices_of(at)
            assert notice.startswith("…")
            assert notice[MAX_NAME:] in (
                " cannot be opened: File name too long.",
                " does not exist any more.",  # from Python 3.14 on the two are not told apart
            )
            await assert_alive(at)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may search every folder")
    async def test_file_in_a_folder_without_permission_is_reported(self, terminal: list[str], folder: Path) -> None:
        locked = folder / "locked"
        locked.mkdir()
        (locked / "quay.py").touch()
        locked.chmod(0)
        try:
            async with editing(locked / "quay.py") as at:
                await at.press("e")
                assert len(await notices_of(at)) == 1
                await assert_alive(at)
        finally:
            locked.chmod(stat.S_IRWXU)

    async def test_control_sequences_of_a_path_do_not_reach_the_notice(self, folder: Path) -> None:
        async with editing(folder / "a\x1b]2;title\x07\nb.py") as at:
            await at.press("e")
            (notice,) = await notices_of(at)
            assert notice.isprintable()

    async def test_terminal_that_cannot_be_handed_over_is_reported(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EDITOR", "vim")
        async with editing(folder / "quay.py") as at:
            await at.press("e")
            assert await notices_of(at) == ["This terminal cannot be handed over to an editor."]


class TestSave:
    """The key `o`."""

    async def test_each_save_is_a_new_file_for_its_owner_only(self, folder: Path) -> None:
        async with editing("/srv/quay.py") as at:
            await at.press("4", "o", "o")
            assert [Path(notice.split()[-1].rstrip(".")).name for notice in await notices_of(at, 2)] == [
                "Edit-call-1.txt",
                "Edit-call-1-2.txt",
            ]
        files = [folder / "Edit-call-1.txt", folder / "Edit-call-1-2.txt"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert all("/srv/quay.py" in file.read_text() or "call-1" in file.read_text() for file in files)

    async def test_name_of_a_dangling_link_is_not_used(self, folder: Path) -> None:
        (folder / "Edit-call-1.txt").symlink_to(folder / "elsewhere")
        async with editing("/srv/quay.py") as at:
            await at.press("4", "o")
            assert await notices_of(at)
        assert (folder / "Edit-call-1-2.txt").is_file()
        assert not (folder / "elsewhere").exists()

    async def test_text_that_is_no_unicode_is_saved(self, folder: Path) -> None:
        async with editing("/srv/quay.py\ud800") as at:
            await at.press("4", "o")
            (notice,) = await notices_of(at)
            assert notice.startswith("Saved as ")
        assert (folder / "Edit-call-1.txt").is_file()

    async def test_current_folder_that_was_removed_is_reported(self, folder: Path) -> None:
        async with editing("/srv/quay.py") as at:
            shutil.rmtree(folder)
            await at.press("4", "o")
            assert await notices_of(at) == ["Edit-call-1.txt cannot be saved: No such file or directory."]
            await assert_alive(at)

    async def test_folder_that_cannot_be_written_is_reported(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: object) -> int:
            raise PermissionError(13, "Permission denied")

        async with editing("/srv/quay.py") as at:
            with monkeypatch.context() as patch:
                patch.setattr(os, "open", refuse)
                await at.press("4", "o")
                assert await notices_of(at) == ["Edit-call-1.txt cannot be saved: Permission denied."]
