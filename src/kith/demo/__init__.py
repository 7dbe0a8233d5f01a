"""A show of the whole circle on a sample network: nothing in it touches the user's own config, store or files."""
