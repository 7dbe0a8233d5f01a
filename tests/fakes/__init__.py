"""Stand-ins for the world outside, behind kith's ports. They misbehave when asked to."""
