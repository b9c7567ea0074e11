"""A model server's engine: it answers with the same words to everybody, and counts as vLLM does."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_ANSWER = (
    "I am a simulated model server. Nothing was computed for this answer, but the way here was the real one: "
    "the port-forward, the router's choice of a replica, and the counters that it left behind."
)
_CHARACTERS_PER_TOKEN = 4
_PIECE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Answer:
    """One completion. `cached` of the prompt's tokens were in the prefix cache, `transferred` came over RDMA."""

    words: tuple[str, ...]
    prompt_tokens: int
    cached: int
    transferred: int
    finish: str

    @property
    def text(self) -> str:
        return "".join(self.words)


@dataclass
class Engine:
    """`pod` is its name; `served` the models that it answers for, the first of which is what it calls itself."""

    pod: str
    served: tuple[str, ...]
    max_model_len: int
    block_size: int = 16
    scale_out: bool = False
    counters: Counter[str] = field(default_factory=Counter[str])
    _blocks: set[str] = field(default_factory=set[str])

    def tokens(self, prompt: str) -> int:
        """Four characters make a token here."""
        return max(1, -(-len(prompt) // _CHARACTERS_PER_TOKEN))

    def prefill(self, prompt: str) -> int:
        """Takes the prompt into the prefix cache; how many of its tokens were there already."""
        tokens = self.tokens(prompt)
        cached = 0
        hit = True
        for block in self._prefixes(prompt):
            hit = hit and block in self._blocks
            cached += self.block_size if hit else 0
            self._blocks.add(block)
        # At least one token is always computed.
        cached = min(cached, tokens - 1)
        self.counters["prefix_cache_queries"] += tokens
        self.counters["prefix_cache_hits"] += cached
        return cached

    def complete(self, prompt: str, max_tokens: int, *, transferred: bool = False) -> Answer:
        """`transferred`: another engine has done the prefill and hands its KV cache over."""
        tokens = self.tokens(prompt)
        cached = 0 if transferred else self.prefill(prompt)
        moved = tokens if transferred else 0
        words = tuple(self._words(max_tokens))
        finish = "length" if len(words) == max_tokens else "stop"
        self.counters["prompt_tokens"] += tokens
        self.counters["local_cache_hit"] += cached
        self.counters["external_kv_transfer"] += moved
        self.counters["local_compute"] += tokens - cached - moved
        self.counters["generation_tokens"] += len(words)
        self.counters[f"success_{finish}"] += 1
        return Answer(words, tokens, cached, moved, finish)

    def overlap(self, prompt: str) -> int:
        """How many blocks of the prompt, from its start, are in the prefix cache."""
        count = 0
        for block in self._prefixes(prompt):
            if block not in self._blocks:
                break
            count += 1
        return count

    def _prefixes(self, prompt: str) -> Iterator[str]:
        """Whole blocks, each with all that comes before it."""
        step = self.block_size * _CHARACTERS_PER_TOKEN
        for end in range(step, len(prompt) + 1, step):
            yield prompt[:end]

    def _words(self, count: int) -> Iterator[str]:
        pieces: list[str] = _PIECE.findall(_ANSWER)
        yield from pieces[:count]

    def metrics(self) -> str:
        """Prometheus text: the series of vLLM that anybody here reads."""
        own = f'engine="0",model_name="{self.served[0]}"'
        count = self.counters
        lines = [
            f"vllm:num_requests_running{{{own}}} 0.0",
            f"vllm:num_requests_waiting{{{own}}} 0.0",
            f"vllm:kv_cache_usage_perc{{{own}}} {min(0.9, len(self._blocks) / 20000):.4f}",
            f"vllm:prefix_cache_queries_total{{{own}}} {float(count['prefix_cache_queries'])}",
            f"vllm:prefix_cache_hits_total{{{own}}} {float(count['prefix_cache_hits'])}",
            f"vllm:external_prefix_cache_queries_total{{{own}}} {float(count['external_kv_transfer'])}",
            f"vllm:external_prefix_cache_hits_total{{{own}}} {float(count['external_kv_transfer'])}",
            f"vllm:prompt_tokens_total{{{own}}} {float(count['prompt_tokens'])}",
            f"vllm:generation_tokens_total{{{own}}} {float(count['generation_tokens'])}",
            f'vllm:cache_config_info{{block_size="{self.block_size}",enable_prefix_caching="True",engine="0",'
            'num_gpu_blocks="19670"} 1.0',
        ]
        lines += [
            f'vllm:prompt_tokens_by_source_total{{{own},source="{source}"}} {float(count[source])}'
            for source in ("local_compute", "local_cache_hit", "external_kv_transfer")
        ]
        lines += [
            f'vllm:request_success_total{{{own},finished_reason="{reason}"}} {float(count[f"success_{reason}"])}'
            for reason in ("stop", "length", "abort", "error", "repetition")
        ]
        return "\n".join(lines) + "\n"
