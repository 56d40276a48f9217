"""To be filled in this session."""
