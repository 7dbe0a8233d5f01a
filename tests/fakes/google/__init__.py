"""A Google of the tests' own: tokens, contacts and calendar over HTTP, answering as the discovery documents say."""
