"""From queued items to an ordered edition: composing, editing, checking and signing off."""
