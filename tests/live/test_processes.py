"""The processes of sessions in live state."""

from dataclasses import replace

from tests.live.events_builder import SESSION, T0, started
from tui_monitor.events import (
    MAIN,
    Activity,
    AgentStatus,
    AgentUpdate,
    ProcessScan,
    Prompt,
    SessionKey,
    SessionProcess,
    SessionUpdate,
)
from tui_monitor.live.liveness import Liveness
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.status import StatusWord, status
from tui_monitor.tui.rows.context import row_context

OTHER = SessionKey(SESSION.source, "s-2")
UNKNOWN = SessionKey(SESSION.source, "")
HERE = "/work/harbour"


def live_with(*sessions: SessionKey, version: str = "2.1.332") -> LiveState:
    live = LiveState()
    for number, key in enumerate(sessions):
        at = T0 + number
        events = [SessionUpdate(session=key, at=at, cwd=HERE, version=version), Prompt(session=key, at=at, text="go")]
        live.apply(events, Changes())
    return live


def scan(*processes: SessionProcess, complete_from: tuple[int, ...] = ()) -> ProcessScan:
    return ProcessScan(source=SESSION.source, processes=processes, complete_from=complete_from)


def process(session: SessionKey = SESSION, **fields: object) -> SessionProcess:
    return SessionProcess(session=session, pid=7, cwd=HERE, **fields)  # type: ignore[arg-type]


def test_process_of_a_session_changes_its_state() -> None:
    live, changes = live_with(SESSION), Changes()
    live.apply_scan(scan(process(activity=Activity.BUSY)), changes)
    assert live.sessions[SESSION].process == process(activity=Activity.BUSY)
    assert SESSION in changes.parts
    again = Changes()
    live.apply_scan(scan(process(activity=Activity.BUSY)), again)
    assert not again.parts


def test_session_without_its_process_is_over() -> None:
    live = live_with(SESSION)
    live.apply_scan(scan(process()), Changes())
    live.apply_scan(scan(), Changes())
    assert live.sessions[SESSION].process is None
    assert live.sessions[SESSION].process_gone


def test_complete_scan_knows_that_a_session_has_no_process() -> None:
    live, old = live_with(SESSION), live_with(SESSION, version="2.1.39")
    for state in (live, old):
        state.apply_scan(scan(complete_from=(2, 1, 154)), Changes())
    assert live.sessions[SESSION].process_gone
    assert not old.sessions[SESSION].process_gone


def test_session_that_was_never_seen_running_may_run_elsewhere() -> None:
    live = live_with(SESSION)
    live.apply_scan(scan(), Changes())
    assert not live.sessions[SESSION].process_gone


def test_process_of_an_unknown_session_runs_the_last_active_one_in_its_folder() -> None:
    live = live_with(SESSION, OTHER)
    live.apply_scan(scan(process(UNKNOWN)), Changes())
    assert live.sessions[OTHER].process
    assert not live.sessions[SESSION].process


def test_process_of_an_unknown_session_keeps_its_session() -> None:
    live = live_with(SESSION)
    live.apply_scan(scan(process(UNKNOWN)), Changes())
    live.apply([Prompt(session=OTHER, at=T0 + 9, text="go"), SessionUpdate(session=OTHER, cwd=HERE)], Changes())
    live.apply_scan(scan(process(UNKNOWN)), Changes())
    assert live.sessions[SESSION].process


def test_process_that_was_asked_nothing_stands_for_a_session_while_it_lives() -> None:
    live = LiveState()
    live.apply_scan(scan(process(UNKNOWN)), Changes())
    (state,) = live.sessions.values()
    assert (state.cwd, state.process and state.process.pid) == (HERE, 7)
    live.apply_scan(scan(), Changes())
    assert not live.sessions


def test_scan_of_named_sources_adds_no_session() -> None:
    live = live_with(SESSION)
    live.apply_scan(scan(process(OTHER)), Changes(), adds_sessions=False)
    assert list(live.sessions) == [SESSION]


def stated(*processes: SessionProcess, gone: frozenset[tuple[SessionKey, str]] = frozenset()) -> ProcessScan:
    return ProcessScan(source=SESSION.source, processes=processes, gone=gone)


def test_session_whose_source_states_its_processes_is_over_only_if_they_are_gone() -> None:
    live = live_with(SESSION, OTHER)
    live.apply_scan(stated(process(), process(OTHER, states_calls=True)), Changes())
    live.apply_scan(stated(gone=frozenset({(SESSION, MAIN)})), Changes())
    assert [live.sessions[key].process_gone for key in (SESSION, OTHER)] == [True, False]
    assert [live.sessions[key].process for key in (SESSION, OTHER)] == [None, None]
    assert status(live.sessions[SESSION], T0 + 9).word is StatusWord.ENDED
    assert status(live.sessions[OTHER], T0 + 9).word is not StatusWord.ENDED


def test_open_call_of_a_process_that_is_gone_has_no_result() -> None:
    live = live_with(SESSION)
    live.apply([started("a", 5, runs=True)], Changes())
    live.apply_scan(stated(gone=frozenset({(SESSION, MAIN)})), Changes())
    state = live.sessions[SESSION]
    assert row_context(state, T0 + 9).liveness(state.log.open[0]) is Liveness.ABANDONED


def statuses(live: LiveState) -> dict[str, AgentStatus | None]:
    return {agent.id: agent.status for agent in live.sessions[SESSION].children()}


def test_agents_end_with_their_processes() -> None:
    live = live_with(SESSION)
    own = AgentUpdate(session=SESSION, agent="own", at=T0 + 5, status=AgentStatus.RUNNING, process_id=9)
    inside = AgentUpdate(session=SESSION, agent="inside", at=T0 + 6, status=AgentStatus.RUNNING)
    live.apply([own, inside, replace(started("a", 7, runs=True), agent="own")], Changes())
    changes = Changes()
    live.apply_scan(stated(process(), gone=frozenset({(SESSION, "own")})), changes)
    state = live.sessions[SESSION]
    assert SESSION in changes.parts
    assert statuses(live) == {"own": AgentStatus.TERMINATED, "inside": AgentStatus.RUNNING}
    assert state.agents["own"].ended == T0 + 7
    assert status(state, T0 + 9).word is not StatusWord.WORKING
    live.apply_scan(stated(gone=frozenset({(SESSION, MAIN), (SESSION, "own")})), changes)
    assert statuses(live) == {"own": AgentStatus.TERMINATED, "inside": AgentStatus.TERMINATED}
    live.apply_scan(stated(process()), changes)
    assert statuses(live) == {"own": AgentStatus.RUNNING, "inside": AgentStatus.RUNNING}


def test_session_that_is_read_after_the_scan_which_had_it_gets_its_process() -> None:
    live = LiveState()
    gone = frozenset({(OTHER, MAIN)})
    live.apply_scan(stated(process(), gone=gone), Changes(), adds_sessions=False)
    assert not live.sessions
    live.apply([Prompt(session=key, at=T0, text="go") for key in (SESSION, OTHER)], Changes())
    assert [live.sessions[key].process_gone for key in (SESSION, OTHER)] == [False, True]
    assert live.sessions[SESSION].process == process()
