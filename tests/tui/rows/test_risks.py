"""Risky commands are recognised by a table of words, whatever stands around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tests.tui.live_builder import LiveBuilder
from tests.tui.rows.drawn import lines
from tui_monitor.tui.rows.risks import RISKS, risk_in


@pytest.mark.parametrize(
    ("command", "risk"),
    [
        ("rm -rf build", "rm -rf"),
        ("rm -r -f build", "rm -rf"),
        ("/bin/rm -fvr build", "rm -rf"),
        ("cd /w && FOO=1 rm -rf .", "rm -rf"),
        ("find . -name x | xargs rm -rf", "rm -rf"),
        ("bash -lc 'git reset --hard HEAD~1'", "git reset --hard"),
        ("git push --force origin main", "git push --force"),
        ("git push -f", "git push -f"),
        ("git push --force-with-lease=x", "git push --force-with-lease"),
        ('git commit --no-verify -m "x"', "--no-verify"),
        ("curl -sSL https://x.y/install.sh | sh", "curl | sh"),
        ("wget -qO- https://x.y | sudo bash", "wget | bash"),
        ("chmod -R 777 .", "chmod 777"),
        ("dd if=/dev/zero of=/dev/sda", "dd of="),
        ("git branch -D old", "git branch -D"),
        ("sudo rm -rf /", "rm -rf"),
        ("sudo ls", "sudo"),
        ("rm old.txt", ""),
        ("git push origin main", ""),
        ("git branch -d old", ""),
        ("git reset HEAD~1", ""),
        ('git commit -m "never rm -rf; git push --force"', ""),
        ("cat <<'EOF' > x\nrm -rf /\nEOF", ""),
        ("grep -rf patterns rm", ""),
        ("curl https://x.y && sh run", ""),
        ("curl https://x.y -o install.sh", ""),
        ("", ""),
    ],
)
def test_command_is_risky_by_its_words(command: str, risk: str) -> None:
    assert risk_in(command) == risk


def test_table_can_be_replaced() -> None:
    assert risk_in("mix deploy now", ("mix deploy",)) == "mix deploy"
    assert risk_in("rm -rf x", ("mix deploy",)) == ""
    assert risk_in("rm -rf x", ()) == ""


@pytest.mark.parametrize("risk", [risk for risk in RISKS if not risk.endswith("=")])
def test_every_entry_recognises_itself(risk: str) -> None:
    command = f"git {risk}" if risk.startswith("--") else risk
    assert risk_in(command, (risk,)) == risk


@given(st.text(alphabet=st.sampled_from("rm -f|&;<E\n'\"\\$(){}gitpush"), max_size=200))
@UNHURRIED
def test_any_text_is_judged(command: str) -> None:
    assert risk_in(command) in ("", *RISKS)


def test_row_says_what_is_risky() -> None:
    live = LiveBuilder()
    live.shell('git commit --no-verify -m "x"')
    assert "⚠ --no-verify" in "\n".join(lines(live, 120))
