"""What the contacts and the calendar of a Google account share: the way there, signing in, and what answers mean."""
