"""Passwords, as they are kept: Argon2id (RFC 9106) with the costs that the library recommends, tens of milliseconds."""

from __future__ import annotations

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from assistant.domain.errors import InvalidInput

SHORTEST = 10
LONGEST = 200
_DIFFERENT = 5  # characters


class Passwords:
    """Blocking: to be called on a thread."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")

    def hashed(self, password: str, email: str) -> str:
        """Raises InvalidInput for a password that is too weak."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise InvalidInput(
                f"A password has {SHORTEST} to {LONGEST} characters.",
                detail_zh=f"密码需要 {SHORTEST} 至 {LONGEST} 个字符。",
            )
        name = email.partition("@")[0]
        if len(set(password)) < _DIFFERENT or (len(name) > 3 and name in password.lower()):
            raise InvalidInput(
                "This password is too easy to guess; take several words, without the name in your address.",
                detail_zh="这个密码太容易猜到；请使用多个词，不要包含邮箱里的名字。",
            )
        return self.again(password)

    def again(self, password: str) -> str:
        """As `hashed`, of one that was good enough before."""
        return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether a password is the one kept; as much work where none is kept."""
        try:
            return self._hasher.verify(kept or self._nobodys, password[:LONGEST]) and kept is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        """Whether it was kept with other costs than are taken today."""
        return self._hasher.check_needs_rehash(kept)
