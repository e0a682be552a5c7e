"""From an edition or a notice to HTML, text and a MIME skeleton with slots."""
