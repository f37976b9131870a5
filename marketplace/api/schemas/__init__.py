"""The shapes in which the API takes and gives."""
