"""Recorders for agent frameworks and model clients: one call, and their work is recorded.

| framework | call | extra |
|---|---|---|
| OpenAI Agents SDK | `openai_agents.record()` | ``tui-monitor[openai-agents]`` |
| LangChain, LangGraph | `langchain.record()` | ``tui-monitor[langchain]`` |
| pydantic-ai | `pydantic_ai.record()` | ``tui-monitor[pydantic-ai]`` |
| OpenAI client | `openai.record(client)` | ``tui-monitor[openai]`` |
| Anthropic client | `anthropic.record(client)` | ``tui-monitor[anthropic]`` |

Each is a module here that imports its framework when it is called. Record either the framework or its client: if both
are recorded, tokens count twice.
"""
