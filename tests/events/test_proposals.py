"""Changes that are worked out when somebody looks at them."""

from __future__ import annotations

from tui_monitor.events import Change, ChangeKind, Proposal, ProposedChanges

EDIT = Change(ChangeKind.MODIFY, "/w/a.py", "@@ -0,1 +0,1 @@\n-a\n+b", 1, 1)


def test_changes_are_worked_out_once_and_not_before_they_are_looked_at() -> None:
    asked: list[str] = []

    def work_out() -> tuple[Change, ...]:
        asked.append("once")
        return (EDIT,)

    changes = ProposedChanges(work_out)
    assert changes
    assert asked == []
    assert (len(changes), changes[0], changes[:1], [*changes]) == (1, EDIT, (EDIT,), [EDIT])
    assert asked == ["once"]


def test_proposals_are_compared_by_their_changes() -> None:
    later = Proposal(changes=ProposedChanges(lambda: (EDIT,)))
    assert later == Proposal(changes=ProposedChanges(lambda: (EDIT,))) == Proposal(changes=(EDIT,))
    assert later != Proposal()
    assert len({later, Proposal(changes=(EDIT,))}) == 1
    assert repr(later) == repr(Proposal(changes=(EDIT,)))
    assert later.size == len(EDIT.diff)
