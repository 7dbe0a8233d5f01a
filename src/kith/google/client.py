"""Asking Google: the services, made of the library's discovery documents, and the one place that asks twice.

A request that reads is repeated when that may help; one that writes only where Google said that it did nothing because
it is asked too often. What came of a write without an answer is for its caller to find out. Nothing here knows what is
asked. No batches: they would go to Google's own address whatever the endpoints say. A client belongs to the thread
that uses it.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from googleapiclient.discovery import build
from googleapiclient.errors import Error, HttpError

from kith.errors import AccountError, Malformed, Transient
from kith.google.account import GoogleAccount
from kith.google.classify import Refusal, classify
from kith.google.grant import Grant
from kith.google.http import Http

Answer = dict[str, Any]

# The libraries warn of each refusal. What one means is said by kith, once; without a handler it would be printed.
for _library in ("google", "googleapiclient"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

_TRIES = 4
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
"""What Google asks to wait for in Retry-After is waited for up to here; beyond it, the next pass comes back."""


def _keep_nothing(_: Grant) -> None:
    pass


class Client:
    """One account's way to Google. ``keep`` is told of a new refresh token. Raises kith.errors only."""

    def __init__(
        self,
        account: GoogleAccount,
        keep: Callable[[Grant], None] = _keep_nothing,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account = account
        self._sleep = sleep
        self._http = Http(account, keep)

    @property
    def requests(self) -> int:
        """How many requests were sent to the services, repetitions among them."""
        return self._http.requests

    @cached_property
    def people(self) -> Any:  # noqa: ANN401 -- made at run time
        """The People API, version 1."""
        return self._service("people", "v1", self.account.endpoints.people)

    @cached_property
    def calendar(self) -> Any:  # noqa: ANN401 -- made at run time
        """The Calendar API, version 3."""
        return self._service("calendar", "v3", self.account.endpoints.calendar)

    def _service(self, name: str, version: str, endpoint: str | None) -> Any:  # noqa: ANN401
        options = {"api_endpoint": endpoint} if endpoint else None
        return build(
            name, version, http=self._http, client_options=options, cache_discovery=False, static_discovery=True
        )

    def call(self, request: Any) -> Answer:  # noqa: ANN401 -- an HttpRequest
        """Send a request that a service made, and give its answer; ``{}`` where there is none to give.

        Raises:
            AccountError: as the answer, or its absence, means.
        """
        found = self._ask(request)
        if isinstance(found, Refusal):
            raise classify(found, self.account.account)
        return found

    def find(self, request: Any) -> Answer | None:  # noqa: ANN401 -- an HttpRequest
        """As :meth:`call`; None where Google says that what is asked for is not there (404, or 410 of a thing).

        Raises:
            AccountError: as every other answer, or its absence, means.
        """
        found = self._ask(request)
        if not isinstance(found, Refusal):
            return found
        if found.is_gone:
            return None
        raise classify(found, self.account.account)

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._http.close()

    def _ask(self, request: Any) -> Answer | Refusal:  # noqa: ANN401 -- an HttpRequest
        """The answer, once asking again would not help."""
        reads = request.method == "GET"
        for attempt in range(_TRIES):
            try:
                found = self._once(request)
            except AccountError as error:
                pause = self._pause(error, attempt) if reads else None
                if pause is None:
                    raise
            else:
                if not isinstance(found, Refusal):
                    return found
                again = reads or found.is_too_often
                pause = self._pause(classify(found, self.account.account), attempt) if again else None
                if pause is None:
                    return found
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    @staticmethod
    def _once(request: Any) -> Answer | Refusal:  # noqa: ANN401 -- an HttpRequest
        try:
            found = request.execute(num_retries=0)
        except HttpError as error:
            headers = {str(name).lower(): str(value) for name, value in error.resp.items()}
            return Refusal(error.resp.status, headers, error.content)
        except (Error, ValueError):
            raise Malformed("Google's answer cannot be read: it is no JSON, or not all of it") from None
        if found is None or found == "":
            return {}
        if not isinstance(found, dict):
            raise Malformed("Google's answer cannot be read: it is no object")
        return found

    @staticmethod
    def _pause(failure: AccountError, attempt: int) -> float | None:
        """How long to wait before asking again; None: do not."""
        if attempt == _TRIES - 1 or not isinstance(failure, Transient):
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= _LONGEST_PAUSE else None
        return _FIRST_PAUSE * float(2**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 -- no secret
