"""What editors write, made safe: Markdown to HTML and to plain text."""
