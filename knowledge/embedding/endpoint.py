"""Where an embeddings endpoint stands. Apart from its client, whose library takes half a second to load."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to ask.

    model: as the endpoint calls it. dimension: the length of its vectors; with `shorten`, the length asked for.
    timeout: seconds for one request. retries: after 408, 409, 429, 5xx and broken connections, with growing pauses.
    query_prefix, passage_prefix: instructions that some models want in front of the text.
    """

    base_url: str
    model: str
    dimension: int
    api_key: str = field(default="not-needed", repr=False)
    timeout: float = 20.0
    retries: int = 2
    batch_size: int = 64
    shorten: bool = False
    query_prefix: str = ""
    passage_prefix: str = ""
