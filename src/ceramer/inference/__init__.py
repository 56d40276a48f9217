"""Parameters and lifetimes estimated from data, with what the data cannot say."""
