"""The room of WebDAV: how kith asks a DAV server, and understands its answers, for contacts and for calendars."""
