"""The notes that the Google source leaves for its next reading, as a text that the store keeps for it.

Values only. A text that is not understood is as good as none: everything is then looked at anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where the contacts were read.

    ``token`` is Google's, and good for as long as ``asked`` (what was asked for) is what is asked for now. ``whole`` is
    when everything was listed last. ``labels`` are the groups by resource name as they were called then; one that was
    not in the list yet has no name.
    """

    token: str = ""
    asked: str = ""
    whole: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> str:
        """As text, for the store."""
        whole = self.whole.isoformat() if self.whole else None
        body = {"token": self.token, "asked": self.asked, "whole": whole, "labels": dict(sorted(self.labels.items()))}
        return json.dumps(body, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Place:
        """What :meth:`written` wrote; anything else is no place at all."""
        try:
            body = json.loads(text or "{}")
            whole = datetime.fromisoformat(body["whole"])
            labels = {str(group): str(name) for group, name in body["labels"].items()}
            return cls(str(body["token"]), str(body["asked"]), whole if whole.tzinfo else None, labels)
        except (ValueError, TypeError, AttributeError, LookupError):
            return cls()
