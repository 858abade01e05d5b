"""Qwen Code, a fork of Gemini CLI: lines of its own with Gemini's messages, tools and token counts in them."""
