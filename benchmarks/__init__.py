"""How fast composing, rendering, filling, releasing and sending are, on the machine at hand."""
