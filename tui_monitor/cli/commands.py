"""The commands: a name, a function, a summary. Nothing else of a command is imported before it runs."""

from __future__ import annotations

SUMMARY = "Live terminal monitor for AI-agent sessions."

DEFAULT = "watch"
"""The command that runs when none is named."""

COMMANDS = {
    "watch": ("tui_monitor.cli.watch:watch", "Watch an agent session live (the default command)."),
    "demo": ("tui_monitor.cli.demo:demo", "Watch a demo session."),
    "replay": ("tui_monitor.cli.replay:replay", "Play a recorded session as if it were live."),
    "stats": ("tui_monitor.cli.stats:stats", "Show tokens, cost, tools and files, by model and session."),
    "cost": ("tui_monitor.cli.cost:cost", "Show what was spent, by day, model, session, tool, prompt, commit …"),
    "sessions": ("tui_monitor.cli.sessions:sessions", "List sessions: when, how long, tokens, cost, context."),
    "search": (
        "tui_monitor.cli.search:search",
        "Search all sessions: prompts, words of the agent, commands, paths, outputs.",
    ),
    "session": (
        "tui_monitor.cli.session:session",
        "Report on a session: tokens, cost, time, agents, tasks, models, tools.",
    ),
    "agent": ("tui_monitor.cli.agent:agent", "Report on an agent: runs, success, time, tokens and cost."),
    "budget": (
        "tui_monitor.cli.budget:budget",
        "Set budgets, and check what is spent of them; status 1 if one is exceeded.",
    ),
    "export": (
        "tui_monitor.cli.export:export",
        "Export as CSV, JSON, JSON lines, HTML or Prometheus text; a session as a page that plays it back.",
    ),
    "init": ("tui_monitor.cli.init:init", "Write a commented configuration, or let this folder keep its own store."),
    "run": ("tui_monitor.cli.run:run", "Run an agent's command unchanged and record what it prints."),
    "prices": ("tui_monitor.cli.prices:prices", "Show a model's prices and context window, and where they come from."),
    "doctor": ("tui_monitor.cli.doctor:doctor", "Check what the monitor needs: agents' files, store, terminal."),
    "setup": (
        "tui_monitor.cli.setup:setup",
        "Let an agent report more: shows the change of its settings, asks, undoes.",
    ),
    "statusline": (
        "tui_monitor.cli.statusline:statusline",
        "Print a status line for Claude Code, and record what it says.",
    ),
    "hook": ("tui_monitor.cli.hook:hook", "Keep what an agent reports to a hook, for exact states."),
    "serve": ("tui_monitor.cli.serve:serve", "Show the monitor in a browser."),
    "import": (
        "tui_monitor.cli.import_stores:import_stores",
        "Import archives, and what other programs recorded.",
    ),
    "prune": (
        "tui_monitor.cli.prune:prune",
        "Keep less of old sessions: first texts and diffs, then single rows; no total changes.",
    ),
    "archive": (
        "tui_monitor.cli.prune:archive",
        "Move rows of old sessions to a compressed file, which import takes back; no total changes.",
    ),
    "metrics": ("tui_monitor.cli.metrics:metrics", "Serve the totals to Prometheus."),
    "forward": (
        "tui_monitor.cli.forward:forward",
        "Send sessions to an OpenTelemetry Collector, or to CloudWatch.",
    ),
    "receive": ("tui_monitor.cli.receive:receive", "Receive telemetry from agents on this or other machines."),
}
"""Each command's function as ``module:function`` and its summary, which is also the first line of its docstring."""

COMPLETION = "--completion"
INSTALL_COMPLETION = "--install-completion"

GLOBAL_OPTIONS = {
    f"{COMPLETION} SHELL": "Print the completion script for bash, zsh or fish.",
    f"{INSTALL_COMPLETION} [SHELL]": "Install it for your shell.",
    "-h, --help": "Show help; after a command, the help of that command.",
    "-V, --version": "Show the version.",
}
"""The options that stand in place of a command."""

EXAMPLES = {
    "tui-monitor": "the session of this directory, live",
    "tui-monitor session.jsonl": "a session by its file",
    "some-agent | tui-monitor -": "whatever arrives on standard input",
    "tui-monitor --once": "the current state as plain text",
    "tui-monitor --line": "the live sessions in one line, for a status bar",
    "tui-monitor --plain": "a line for each event, for pipes and screen readers",
    "tui-monitor --json": "the state of all live sessions, a line for each change",
    "tui-monitor replay latest --speed 10": "the newest session again, ten times faster",
    "tui-monitor stats --since 7d": "the totals of the last seven days",
    "tui-monitor cost --by prompt --session a1b2c3": "what each prompt of a session cost",
    "tui-monitor search no such file": "the calls, prompts and words that have them, in all sessions",
    "tui-monitor doctor": "what is found, what cannot be read, and what to do",
    'tui-monitor run -- claude -p "…" --output-format stream-json --verbose': "runs an agent and records it",
}
