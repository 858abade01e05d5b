"""Recorders for agent frameworks, model clients and MCP: one call, and their work is recorded.

| library | call | extra |
|---|---|---|
| OpenAI client | `openai.instrument()`, or `openai.record(client)` | ``tui-monitor[openai]`` |
| Anthropic client | `anthropic.instrument()`, or `anthropic.record(client)` | ``tui-monitor[anthropic]`` |
| Google Gen AI SDK | `google_genai.instrument()` | ``tui-monitor[google-genai]`` |
| LiteLLM | `litellm.instrument()` | ``tui-monitor[litellm]`` |
| MCP client sessions | `mcp.instrument()` | ``tui-monitor[mcp]`` |
| OpenAI Agents SDK | `openai_agents.record()` | ``tui-monitor[openai-agents]`` |
| LangChain, LangGraph | `langchain.record()` | ``tui-monitor[langchain]`` |
| pydantic-ai | `pydantic_ai.record()` | ``tui-monitor[pydantic-ai]`` |

Each is a module here that imports its library when it is called. ``instrument()`` replaces methods of the library's
classes, so that all clients are recorded, those made before and their copies too; doing it twice changes nothing, and
``uninstrument()`` puts the methods back. Record either a framework or the client that it uses: if both are recorded,
tokens count twice. LiteLLM alone keeps the clients it uses from recording.

A response is recorded with its tokens, tier and time. What a server does not report, and what is missing from a stream
that was broken off, is a lower bound (``≥``), never zero.
"""
