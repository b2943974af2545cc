"""The key of a run in this process: good for one store, kept nowhere, gone with the run."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from assistant.domain.access import KEY_PREFIX, ApiKey, KeyScope
from assistant.domain.errors import Unauthorized
from assistant.domain.ids import ApiKeyId, StoreId


@dataclass(frozen=True, slots=True)
class RunKey:
    """In place of a server's keys it lets in the run that made it, and nobody else."""

    store_id: StoreId
    made_at: datetime
    token: str = field(default_factory=lambda: f"{KEY_PREFIX}run_{secrets.token_urlsafe(32)}", repr=False)

    async def verify(self, token: str) -> ApiKey:
        if not hmac.compare_digest(self.token.encode(), token.encode("utf-8", "replace")):
            raise Unauthorized("This address serves one evaluation, with a key of its own.", reason="invalid")
        scopes = frozenset({KeyScope.EVALUATE})
        return ApiKey(ApiKeyId("key_run"), self.store_id, scopes, "a run in this process", self.made_at)
