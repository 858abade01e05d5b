"""Recorders for agent frameworks: one call, and what an agent of that framework does is recorded.

| framework | call | extra |
|---|---|---|
| OpenAI Agents SDK | `openai_agents.record()` | ``tui-monitor[openai-agents]`` |
| LangChain, LangGraph | `langchain.record()` | ``tui-monitor[langchain]`` |
| pydantic-ai | `pydantic_ai.record()` | ``tui-monitor[pydantic-ai]`` |
| OpenAI client | `openai.record(client)` | ``tui-monitor[openai]`` |
| Anthropic client | `anthropic.record(client)` | ``tui-monitor[anthropic]`` |

Each is a module here that imports its framework when it is used. One is enough: an agent whose framework and client are
both recorded has its tokens counted twice.
"""
