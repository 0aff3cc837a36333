"""Where models are served: providers and servers by what stands before a model's name, with address and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Dialect = Literal["openai", "anthropic", "gemini"]
"""Whose interface is spoken."""


@dataclass(frozen=True)
class Provider:
    """A provider, or a kind of server that is started by oneself."""

    title: str
    dialect: Dialect
    base_url: str = ""
    """Its usual address; empty where everybody has another."""
    key: str = ""
    """The environment variable that holds the key; empty where none is needed."""
    host: str = ""
    """What the hosts end in to which the key may go, where the address is not the usual one."""
    key_header: str = ""
    """The header that takes the key, where it is not a bearer token."""
    reads: Literal["token ids", "tokens", "first token", "draws"] = "first token"
    """How answers are read there."""

    def may_have_key(self, base_url: str) -> bool:
        """Whether its key may be sent to another address than the usual one.

        >>> PROVIDERS["azure"].may_have_key("https://mine.openai.azure.com/openai/v1")
        True
        >>> PROVIDERS["openai"].may_have_key("https://mine.openai.azure.com/openai/v1")
        False
        """
        parts = urlsplit(base_url)
        return bool(self.host) and parts.scheme == "https" and (parts.hostname or "").endswith(self.host)


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("OpenAI", "openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": Provider("Anthropic", "anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
    "gemini": Provider("Gemini", "gemini", "https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY"),
    "azure": Provider("Azure OpenAI", "openai", "", "AZURE_OPENAI_API_KEY", ".azure.com", "api-key"),
    "openrouter": Provider("OpenRouter", "openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "ollama": Provider("Ollama on this machine", "openai", "http://localhost:11434/v1"),
    "vllm": Provider("vLLM on this machine", "openai", "http://localhost:8000/v1", reads="token ids"),
    "sglang": Provider("SGLang on this machine", "openai", "http://localhost:30000/v1"),
    "llamacpp": Provider("llama.cpp's server on this machine", "openai", "http://localhost:8080/v1", reads="tokens"),
    "lmstudio": Provider("LM Studio on this machine", "openai", "http://localhost:1234/v1"),
}
"""By the name that stands before a model's. The addresses are those that their documentation gives as usual."""
