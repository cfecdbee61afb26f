"""What the owner of a Google account decides about applications that want in."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.sandbox.people_mail import Hands


class AccountHands(Hands):
    """Consent given, refused and taken back."""

    def consent(self, account: str, *, scopes: Iterable[str] | None = None) -> None:
        """From now on whoever is sent to Google's page picks this account, and ticks these scopes or all."""
        with self._sandbox.changing():
            wanted = None if scopes is None else list(scopes)
            self._sandbox.google_oauth.consent.choose({"account": account, "scopes": wanted})

    def refuse_consent(self) -> None:
        """From now on whoever is sent to Google's page presses Cancel."""
        with self._sandbox.changing():
            self._sandbox.google_oauth.consent.choose({"account": ""})

    def ask_for_consent(self) -> None:
        """From now on Google's page is shown, as it is at first."""
        with self._sandbox.changing():
            self._sandbox.google_oauth.consent.choose(None)

    def revoke_grant(self, account: str) -> int:
        """The owner throws the application out: the next refresh is `invalid_grant`, its tokens are 401.

        Gives the number of refresh tokens that died.
        """
        with self._sandbox.changing():
            return self._sandbox.google_oauth.consent.revoke(account)
