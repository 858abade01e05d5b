"""What was spent: in an hour, a day, a week, a month, by all sessions and by this one; budgets; the cost of prompts."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.figures import PeriodTotal, PromptTotal, Spending
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.live.spending import (
    LAST_HOUR,
    THIS_MONTH,
    THIS_WEEK,
    TODAY,
    WINDOW,
    Budget,
    budgets,
    sum_at_end,
)
from tui_monitor.live.turn_times import turn_time
from tui_monitor.tui.header.labels import cost_text, short_model, tokens_text
from tui_monitor.tui.header.plan_line import tone_of_use
from tui_monitor.tui.panes.content import MomentTarget, PaneContent, PaneContext, PaneRow, Section, note
from tui_monitor.tui.panes.meters import UNKNOWN, bar, cells, percent
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import clock, compact, dollars, duration_forms, moment

LOADING = "…"
NO_BUDGET = "None: see tui-monitor budget --help"
NO_PROMPT = "No prompt yet."
ORDERS = ("time", "cost")

_CURRENT = (LAST_HOUR, TODAY, THIS_WEEK, THIS_MONTH)
_SPENT = ("spent at API prices", "all sessions", "this one", "tokens", "pace")
_BUDGETS = ("budget", "used", "spent", "of", "used up")
_MODELS = ("model", "cost", "share", "tokens")
_PROMPTS = ("prompt", "cost", "requests", "calls", "tokens", "at", "took")


def cost_content(context: PaneContext) -> PaneContent:
    """Return periods, budgets, models and prompts."""
    spending, state = context.state.figures.spending, context.state
    if spending is None:
        return note(LOADING)
    existing = budgets(context.setup.budgets, spending, state, context.now)
    whole = state.totals.amount
    return [
        Section(_periods(spending, whole, context.now), _SPENT, snug=True),
        Section([_budget(each, context) for each in existing], _BUDGETS, "Budgets", empty=NO_BUDGET, snug=True),
        Section(_models(context), _MODELS, "This session by model", empty="No response yet.", snug=True),
        Section(_prompts(spending.prompts, context), _PROMPTS, "This session by prompt", empty=NO_PROMPT),
    ]


def _periods(spending: Spending, session: Amount, now: int) -> list[PaneRow]:
    totals = [total for total in spending.periods if not total.period.name.startswith(WINDOW)]
    current = [total for total in totals if total.period.name in _CURRENT]
    earlier = [total for total in totals if total.period.name not in _CURRENT]
    own = PaneRow("session", _spent("this session", None, session, tokens_text(session), ""))
    used = [total for total in earlier if total.amount != ZERO]
    return [*(_period(total, now) for total in current), own, *(_period(total, now) for total in used)]


def _period(total: PeriodTotal, now: int) -> PaneRow:
    name, expected = total.period.name, sum_at_end(total, now)
    if name == LAST_HOUR:
        pace = f"{cost_text(total.amount)}/h" if total.amount.cost else ""
    else:
        pace = f"~{dollars(expected)} by its end" if expected else ""
    tokens = tokens_text(total.amount) if total.amount != ZERO else ""
    return PaneRow(name, _spent(name, total.amount, total.of_session, tokens, pace))


def _spent(name: str, everything: Amount | None, own: Amount, tokens: str, pace: str) -> tuple[Spans, ...]:
    tone = Tone.TEXT if name in _CURRENT or everything is None else Tone.DIM
    return (
        (TextSpan(name, tone),),
        (TextSpan("", tone),) if everything is None else _money(everything, tone),
        _money(own, tone),
        *cells(tokens, pace),
    )


def _money(amount: Amount, tone: Tone) -> Spans:
    """Return the cost: nothing was spent where there was no request."""
    return (TextSpan("$0.00", Tone.DIM),) if amount == ZERO else (TextSpan(cost_text(amount), tone),)


def _budget(budget: Budget, context: PaneContext) -> PaneRow:
    used_up: Spans = ()
    if budget.percentage >= 100:
        used_up = (TextSpan("used up", Tone.FAILED),)
    elif budget.exceeded_at is not None:
        left = duration_forms(budget.exceeded_at - context.now)[-1:]
        text = f"in {''.join(left)} · {moment(budget.exceeded_at, context.now, context.tz)}"
        used_up = (TextSpan(text, Tone.DOUBT),)
    spent = dollars(budget.spent, at_least=budget.is_lower_bound)
    return PaneRow(
        ("budget", budget.name),
        (
            (TextSpan(budget.name),),
            bar(budget.percentage),
            (TextSpan(spent, tone_of_use(budget.percentage)),),
            *cells(dollars(budget.limit)),
            used_up,
        ),
    )


def _models(context: PaneContext) -> list[PaneRow]:
    totals = context.state.totals
    return [
        PaneRow(
            ("model", model.model, model.provider),
            (
                (TextSpan(short_model(one_line(model.name))),),
                (TextSpan(cost_text(model.amount)),),
                *cells(percent(model.amount.cost, totals.amount.cost), compact(model.amount.total_tokens)),
            ),
        )
        for model in totals.models
    ]


def _prompts(prompts: Sequence[PromptTotal], context: PaneContext) -> list[PaneRow]:
    by_cost = context.order == "cost"
    ordered = sorted(prompts, key=lambda prompt: -prompt.amount.cost) if by_cost else prompts
    return [_prompt(prompt, context) for prompt in ordered]


def _prompt(prompt: PromptTotal, context: PaneContext) -> PaneRow:
    amount = prompt.amount
    text = one_line(prompt.text) if prompt.at else "before the first prompt"
    took = duration_forms(turn_time(context.state, prompt.at, context.now))[:1]
    return PaneRow(
        ("prompt", prompt.at, prompt.text),
        (
            (TextSpan(f"› {text}", Tone.PROMPT if prompt.at else Tone.DIM),),
            (TextSpan(cost_text(amount) if amount.requests or amount.cost else UNKNOWN),),
            *cells(
                f"{amount.requests:,}",
                f"{prompt.calls:,}",
                compact(amount.total_tokens),
                clock(prompt.at, context.tz)[:5],
                "".join(took),
            ),
        ),
        MomentTarget(prompt.at) if prompt.at else None,
        prompt.text,
    )
